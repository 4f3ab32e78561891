/** An event of a gateway about a payment. Only the gateway's own state, asked for afterwards, is trusted. */
export type PaymentEvent = {
  /** The gateway's id of the event: one effect per (provider, eventId). */
  eventId: string;
  type: "payment.succeeded" | "payment.failed" | "refund.succeeded" | "refund.failed";
  paymentId: string;
  /** Minor units. */
  amount: number;
  currency: string;
  /** For a refund: our id, or the gateway's id if the clinic refunded by hand at the gateway. */
  refundId?: string;
  /** For a failed payment: true if nobody can make the payment any more. */
  isFinal?: boolean;
};

/** What a provider needs to know about a payment. */
type Charge = {
  paymentId: string;
  bookingId: string;
  amount: number;
  currency: string;
  /** The gateway's own id, after `createCheckout` has returned one. */
  providerRef: string | null;
  /** The page that the patient returns to. */
  returnUrl: string;
  description: string;
};

/** The state of a payment at the gateway. */
export type ChargeState = {
  status: "PENDING" | "SUCCEEDED" | "FAILED";
  /** The captured amount in minor units; 0 unless SUCCEEDED. */
  amount: number;
  currency: string;
  /** Our refunds that the gateway has carried out, by our refund ids. */
  refunded: Array<{ refundId: string; amount: number }>;
  /** Our refunds that the gateway could not carry out, with the number of tries. */
  failed: Array<{ refundId: string; amount: number; tries: number }>;
  /** Refunds that the clinic made by hand at the gateway, by the gateway's ids. */
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
 * A payment gateway. Each call may run twice: `createCheckout` and `refund` use our id as the gateway's
 * idempotency key. A call throws on an error, and a job tries again.
 */
export interface PaymentProvider {
  readonly name: string;
  /** Makes or finds the page where the patient pays. */
  createCheckout(charge: Charge): Promise<{ url: string; providerRef: string | null }>;
  /** Asks the gateway for the state of a payment. */
  fetchState(charge: Pick<Charge, "paymentId" | "providerRef">): Promise<ChargeState>;
  /** Requests a refund. The gateway reports the success by webhook; `fetchState` shows it too. */
  refund(order: RefundOrder): Promise<{ providerRef: string | null }>;
  /**
   * Closes the page of a payment that nobody should make any more. A payment that was made is kept.
   * @returns whether the page is closed: nobody has paid and nobody can.
   */
  close?(charge: Pick<Charge, "providerRef">): Promise<boolean>;
  /**
   * Verifies a webhook on its raw bytes and resolves it against the gateway's state.
   * @returns the events that follow from it; none if the webhook is valid but does not concern us.
   * @throws WebhookRefused if the signature is wrong or too old, or the body is not an event.
   */
  parseWebhook(rawBody: Buffer, headers: Headers): Promise<PaymentEvent[]>;
}

/** The webhook is answered with 400, and nothing is written. */
export class WebhookRefused extends Error {}
