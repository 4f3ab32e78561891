import { env } from "@/env";
import { clock } from "../platform/clock";
import type { ChargeState, PaymentProvider } from "./provider";
import { api, hasFailed, intentOf, readSession, refundsOf, stateOf } from "./stripe-api";
import { parseStripeEvent } from "./stripe-events";

const MINUTE = 60_000;
/** Calls within one window get the same session, because they use the same idempotency key and session end. */
const WINDOW_MS = 15 * MINUTE;
/** Stripe asks for at least 30. The rest allows for clocks that differ. */
const LEAST_MINUTES = 35;
const MOST_MINUTES = 23 * 60;
/** Covers a hold with all its extensions: the page must stay open as long as the patient may pay. */
const HOLDS = 3;
/** How often a refund is tried before an admin has to look at it. */
const MOST_REFUNDS = 3;

/** Computes the end of a session that is made now: the same for all calls within a window. */
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

/** Stripe's hosted checkout. An event is only a reason to ask the API for the current state. */
export const stripe: PaymentProvider = {
  name: "stripe",
  async createCheckout({ paymentId, providerRef, amount, currency, returnUrl, description }) {
    if (providerRef) {
      const { url } = await readSession(providerRef);
      // A finished session has no page. The booking's page shows the result.
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
        // Keeps Stripe from converting the price into another currency.
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
    // No session is stored, so the app has shown no session to the patient, and nobody can have paid.
    if (!providerRef) return NOTHING_YET;
    return stateOf(await readSession(providerRef));
  },
  async refund({ refundId, paymentId, providerRef, amount }) {
    const intent = await intentId(providerRef);
    // Stripe keeps idempotency keys for a day only, so the list of refunds is checked first.
    const earlier = (await refundsOf(intent)).filter((one) => one.metadata?.refundId === refundId);
    const live = earlier.find(({ status }) => !hasFailed(status));
    if (live) return { providerRef: live.id };
    if (earlier.length >= MOST_REFUNDS) throw new Error("Stripe could not give it back: see there");
    // The key contains the amount: Stripe also stores refusals under a key, and a refund by hand can lower the amount.
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
    // A complete session was paid, or a bank is still processing the payment.
    return status === "open" || status === "expired";
  },
  parseWebhook: (rawBody, headers) => parseStripeEvent(rawBody, headers.get("stripe-signature")),
};
