// The part of Stripe's objects that the fake server needs.

export type Metadata = Record<string, string>;
export type Intent = {
  id: string;
  object: "payment_intent";
  status: "succeeded" | "processing" | "requires_payment_method";
  amount_received: number;
  currency: string;
  metadata: Metadata;
};
export type Session = {
  id: string;
  object: "checkout.session";
  url: string | null;
  status: "open" | "complete" | "expired";
  payment_status: "paid" | "unpaid";
  payment_intent: string | null;
  amount_total: number;
  currency: string;
  client_reference_id: string | null;
  metadata: Metadata;
  expires_at: number;
  success_url: string | null;
  cancel_url: string | null;
};
export type Refund = {
  id: string;
  object: "refund";
  status: "succeeded" | "pending" | "failed";
  amount: number;
  payment_intent: string;
  metadata: Metadata;
};
export type Reply = { status: number; body: unknown };

export const HALF_HOUR = 30 * 60;
export const DAY = 24 * 60 * 60;

export const refusal = (status: number, type: string, message: string): Reply => ({
  status,
  body: { error: { type, message } },
});

/** Reads `metadata[paymentId]=…` from a form. */
export function metadataOf(form: URLSearchParams, under = "metadata"): Metadata {
  const found = [...form].flatMap(([name, value]) => {
    const key = name.startsWith(`${under}[`) ? name.slice(under.length + 1, -1) : null;
    return key ? [[key, value] as const] : [];
  });
  return Object.fromEntries(found);
}
