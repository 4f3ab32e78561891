/** What a verified webhook says; a hint, deduplicated by (provider, eventId). */
export type PaymentEvent = {
  eventId: string;
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded";
  paymentId: string;
  amount: number;
  currency: string;
};

/** A payment gateway. `sandbox.ts` is ours and always there; Stripe implements the same. */
export interface PaymentProvider {
  readonly name: string;
  /**
   * Verifies a webhook on its raw bytes.
   * @returns the event, or null for a true one that is not of our concern.
   * @throws WebhookRefused for a bad signature, an old one, or a body that is not the gateway's.
   */
  parseWebhook(rawBody: Buffer, headers: Headers): PaymentEvent | null;
}

/** Answered with 400 and nothing written. */
export class WebhookRefused extends Error {}
