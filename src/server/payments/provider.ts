/** What a gateway says of a payment; a hint until its own state was asked. */
export type PaymentEvent = {
  /** The gateway's id of the event: one effect per (provider, eventId). */
  eventId: string;
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded" | "refund.failed";
  paymentId: string;
  /** Minor units. */
  amount: number;
  currency: string;
  /** Of a refund: our id of it, or the gateway's own where the clinic made it there by hand. */
  refundId?: string;
  /** Of a payment that failed: the gateway was asked, and nobody can make it any more. */
  isFinal?: boolean;
};

/** What a provider needs to know of a payment of ours. */
type Charge = {
  paymentId: string;
  bookingId: string;
  amount: number;
  currency: string;
  /** The gateway's own id of it, once `createCheckout` returned one. */
  providerRef: string | null;
  /** Where the patient returns to. */
  returnUrl: string;
  description: string;
};

/** The gateway's truth about a payment. */
export type ChargeState = {
  status: "PENDING" | "SUCCEEDED" | "FAILED";
  /** What was captured, in minor units; 0 unless SUCCEEDED. */
  amount: number;
  currency: string;
  /** Refunds of ours that the gateway has carried out, by our refund ids. */
  refunded: Array<{ refundId: string; amount: number }>;
  /** Refunds of ours that it could not carry out, with how often it tried. */
  failed: Array<{ refundId: string; amount: number; tries: number }>;
  /** Refunds that the clinic made there by hand, by the gateway's ids. */
  byHand: Array<{ refundId: string; amount: number; isDead: boolean }>;
};

type RefundOrder = {
  refundId: string;
  paymentId: string;
  providerRef: string | null;
  amount: number;
  currency: string;
};

/**
 * A payment gateway. Every call may run twice: `createCheckout` and `refund` pass our id on as the
 * gateway's idempotency key. Errors are thrown; a job tries again.
 */
export interface PaymentProvider {
  readonly name: string;
  /** Makes (or finds) the page where the patient pays. */
  createCheckout(charge: Charge): Promise<{ url: string; providerRef: string | null }>;
  /** Asks the gateway what became of a payment. */
  fetchState(charge: Pick<Charge, "paymentId" | "providerRef">): Promise<ChargeState>;
  /** Gives money back. The gateway tells of the success by webhook; `fetchState` shows it too. */
  refund(order: RefundOrder): Promise<{ providerRef: string | null }>;
  /**
   * Closes the page of a payment that nobody shall make any more. One that was made stays made.
   * @returns whether it is closed: nobody paid, and nobody can.
   */
  close?(charge: Pick<Charge, "providerRef">): Promise<boolean>;
  /**
   * Verifies a webhook on its raw bytes and resolves it against the gateway's state.
   * @returns the events that follow from it; none for a true one that is not of our concern.
   * @throws WebhookRefused for a bad signature, an old one, or a body that is not the gateway's.
   */
  parseWebhook(rawBody: Buffer, headers: Headers): Promise<PaymentEvent[]>;
}

/** Answered with 400 and nothing written. */
export class WebhookRefused extends Error {}
