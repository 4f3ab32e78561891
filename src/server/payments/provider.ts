/**
 * An event of a gateway about a payment. An adapter for a real gateway builds the event from the gateway's
 * current state, not from the webhook's body.
 */
export type PaymentEvent = {
  /** The gateway's id, or an id that the app derives. Each (provider, eventId) has at most one effect. */
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
  /** The gateway's id of the checkout, which `createCheckout` returns; null before, and in the sandbox. */
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
  /** Our refunds that the gateway has carried out, identified by our refund ids. */
  refunded: Array<{ refundId: string; amount: number }>;
  /** Our refunds that the gateway could not carry out, with the number of tries. */
  failed: Array<{ refundId: string; amount: number; tries: number }>;
  /** Refunds that the clinic made by hand at the gateway, identified by the gateway's ids. */
  byHand: Array<{ refundId: string; amount: number; hasFailed: boolean }>;
};

type RefundOrder = {
  refundId: string;
  paymentId: string;
  providerRef: string | null;
  amount: number;
  currency: string;
};

/**
 * A payment gateway. Every call can be repeated safely. The keys that we send to the gateway contain our id.
 * A call throws on an error, and a job tries again.
 */
export interface PaymentProvider {
  readonly name: string;
  /** Makes or finds the page where the patient pays. */
  createCheckout(charge: Charge): Promise<{ url: string; providerRef: string | null }>;
  /** Asks the gateway for the state of a payment. */
  fetchState(charge: Pick<Charge, "paymentId" | "providerRef">): Promise<ChargeState>;
  /** Requests a refund. The gateway reports the result by webhook; `fetchState` returns the result too. */
  refund(order: RefundOrder): Promise<{ providerRef: string | null }>;
  /**
   * Closes the checkout, so that nobody can pay. Does not undo a payment that was already made.
   * @returns true if the checkout is closed and nobody has paid.
   */
  close?(charge: Pick<Charge, "providerRef">): Promise<boolean>;
  /**
   * Verifies the signature of a webhook over its raw bytes, and builds the events that the webhook reports.
   * @returns no event if the webhook is valid but reports nothing about our payments.
   * @throws WebhookRefused if the signature is wrong or too old, or the body is not an event.
   */
  parseWebhook(rawBody: Buffer, headers: Headers): Promise<PaymentEvent[]>;
}

/** Thrown for a webhook that the app refuses. The app answers 400 and writes nothing. */
export class WebhookRefused extends Error {}
