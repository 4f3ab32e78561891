import { env } from "@/env";
import { clock } from "../platform/clock";
import type { ChargeState, PaymentProvider } from "./provider";
import { api, intentOf, isDead, readSession, refundsOf, stateOf } from "./stripe-api";
import { parseStripeEvent } from "./stripe-events";

const MINUTE = 60_000;
/** Sessions made within one window are one session: they share their idempotency key and their end. */
const WINDOW_MS = 15 * MINUTE;
/** Stripe asks for 30 at the least; the rest is for clocks that differ. */
const LEAST_MINUTES = 35;
const MOST_MINUTES = 23 * 60;
/** A hold and all its extensions: a patient who may still pay must not find the page closed. */
const HOLDS = 3;
/** How often a refund is tried before a person has to look. */
const MOST_REFUNDS = 3;

/** The end of a session made now, the same for every call within its window. */
function endOfSession(now: Date): number {
  const minutes = Math.min(MOST_MINUTES, Math.max(LEAST_MINUTES, HOLDS * env.HOLD_MINUTES));
  const windowEnd = Math.floor(now.getTime() / WINDOW_MS) * WINDOW_MS + WINDOW_MS;
  return Math.floor((windowEnd + minutes * MINUTE) / 1000);
}

const NOTHING_YET: ChargeState = {
  status: "PENDING",
  amount: 0,
  currency: "INR",
  refunded: [],
  failed: [],
  byHand: [],
};

async function intentId(sessionId: string | null): Promise<string> {
  const intent = sessionId ? intentOf(await readSession(sessionId)) : null;
  if (!intent) throw new Error("Stripe knows no payment of this session");
  return intent.id;
}

/** Stripe's hosted checkout. What its events say is only a hint: its API is asked. */
export const stripe: PaymentProvider = {
  name: "stripe",
  async createCheckout({ paymentId, providerRef, amount, currency, returnUrl, description }) {
    if (providerRef) {
      const { url } = await readSession(providerRef);
      // It has none once it is over: the booking's page then tells what became of it.
      return { url: url ?? `${returnUrl}?from=checkout`, providerRef };
    }
    const end = endOfSession(clock.now());
    const metadata = { paymentId };
    const session = await api().checkout.sessions.create(
      {
        mode: "payment",
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: currency.toLowerCase(),
              unit_amount: amount,
              product_data: { name: description },
            },
          },
        ],
        // The price that was shown is the price, in its currency.
        adaptive_pricing: { enabled: false },
        client_reference_id: paymentId,
        metadata,
        payment_intent_data: { metadata },
        success_url: `${returnUrl}?from=checkout`,
        cancel_url: `${returnUrl}/review`,
        expires_at: end,
      },
      { idempotencyKey: `checkout:${paymentId}:${end}` },
    );
    if (!session.url) throw new Error("Stripe gave a session without a page");
    return { url: session.url, providerRef: session.id };
  },
  async fetchState({ providerRef }) {
    // No session was stored, so none was shown: nobody can have paid.
    if (!providerRef) return NOTHING_YET;
    return stateOf(await readSession(providerRef));
  },
  async refund({ refundId, paymentId, providerRef, amount }) {
    const intent = await intentId(providerRef);
    // Stripe forgets idempotency keys after a day; its list of refunds does not.
    const earlier = (await refundsOf(intent)).filter((one) => one.metadata?.refundId === refundId);
    const live = earlier.find(({ status }) => !isDead(status));
    if (live) return { providerRef: live.id };
    if (earlier.length >= MOST_REFUNDS) throw new Error("Stripe could not give it back: see there");
    // With the amount: Stripe keeps a refusal too, and a refund by hand may have left less to give back.
    const idempotencyKey = `${refundId}:${amount}:${earlier.length}`;
    const made = await api().refunds.create(
      { payment_intent: intent, amount, metadata: { refundId, paymentId } },
      { idempotencyKey },
    );
    return { providerRef: made.id };
  },
  async close({ providerRef }) {
    if (!providerRef) return false;
    const { status } = await readSession(providerRef);
    if (status === "open") await api().checkout.sessions.expire(providerRef);
    // What is complete was paid, or is under way at a bank.
    return status === "open" || status === "expired";
  },
  parseWebhook: (rawBody, headers) => parseStripeEvent(rawBody, headers.get("stripe-signature")),
};
