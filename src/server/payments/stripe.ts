import Stripe from "stripe";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { logger } from "../platform/logger";
import { id } from "../platform/schema";
import {
  type ChargeState,
  type PaymentEvent,
  type PaymentProvider,
  WebhookRefused,
} from "./provider";

const TOLERANCE_SECONDS = 300;
/** Below this server's own request timeout, so that a caller hears 503 and not silence. */
const TIMEOUT_MS = 8000;
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

let client: Stripe | undefined;

function api(): Stripe {
  if (client) return client;
  const { hostname, port, protocol } = new URL(env.STRIPE_API_BASE);
  client = new Stripe(env.STRIPE_SECRET_KEY ?? "", {
    host: hostname,
    protocol: protocol === "http:" ? "http" : "https",
    ...(port ? { port } : {}),
    timeout: TIMEOUT_MS,
    maxNetworkRetries: 1,
    telemetry: false,
  });
  return client;
}

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
};

const readSession = (sessionId: string) =>
  api().checkout.sessions.retrieve(sessionId, { expand: ["payment_intent"] });

/** The payment of a session that was read by `readSession`; null until somebody tried to pay. */
const intentOf = ({ payment_intent: intent }: Stripe.Checkout.Session) =>
  intent && typeof intent === "object" ? intent : null;

function statusOf(session: Stripe.Checkout.Session): ChargeState["status"] {
  if (session.payment_status === "paid") return "SUCCEEDED";
  if (session.status === "expired") return "FAILED";
  // A method that answers later (a bank debit) has said no.
  const intent = intentOf(session);
  const refused = intent?.status === "requires_payment_method" || intent?.status === "canceled";
  return session.status === "complete" && refused ? "FAILED" : "PENDING";
}

/** Every refund of a payment, ours and those made by hand in Stripe's dashboard. */
const refundsOf = (intentId: string) =>
  api().refunds.list({ payment_intent: intentId, limit: 100 }).autoPagingToArray({ limit: 1000 });

async function stateOf(session: Stripe.Checkout.Session): Promise<ChargeState> {
  const status = statusOf(session);
  const intent = intentOf(session);
  const refunds = intent && status === "SUCCEEDED" ? await refundsOf(intent.id) : [];
  const ours = refunds.flatMap(({ status: done, metadata, amount }) =>
    metadata?.refundId ? [{ refundId: metadata.refundId, amount, done }] : [],
  );
  return {
    status,
    // What arrived, not what the session asked for.
    amount: status === "SUCCEEDED" ? (intent?.amount_received ?? 0) : 0,
    currency: (intent?.currency ?? session.currency ?? "inr").toUpperCase(),
    refunded: ours.filter(({ done }) => done === "succeeded"),
    failed: ours
      .filter(({ refundId }) => ours.every((one) => one.refundId !== refundId || isDead(one.done)))
      .map((one) => ({
        ...one,
        tries: ours.filter(({ refundId }) => refundId === one.refundId).length,
      })),
  };
}

/** Whether a refund at Stripe came to nothing. */
const isDead = (status: string | null) => status === "failed" || status === "canceled";

/** Checks a body against its signature. @throws WebhookRefused */
function verified(rawBody: Buffer, signature: string | null): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(
      rawBody,
      signature ?? "",
      env.STRIPE_WEBHOOK_SECRET ?? "",
      TOLERANCE_SECONDS,
      undefined,
      clock.now().getTime(),
    );
  } catch (error) {
    // The library's message quotes the body, which stays out of answers and logs.
    throw new WebhookRefused("signature does not match, or is too old", { cause: error });
  }
}

type Payment = { id: string; providerRef: string | null };

async function paymentOf(metadata: Stripe.Metadata | null): Promise<Payment | null> {
  const paymentId = id.safeParse(metadata?.paymentId);
  if (!paymentId.success) return null;
  return db.payment.findFirst({
    where: { id: paymentId.data, provider: "stripe" },
    select: { id: true, providerRef: true },
  });
}

/**
 * Which of a payment's sessions counts is what `startCheckout` stored. Another one was never shown
 * to anybody, so its end means nothing; should it be paid all the same, it is the one that counts.
 */
async function isCurrent(payment: Payment, sessionId: string, status: ChargeState["status"]) {
  if (payment.providerRef === sessionId) return true;
  if (status !== "SUCCEEDED") return false;
  logger.error({ paymentId: payment.id, sessionId }, "paid through a session that is not stored");
  const { count } = await db.payment.updateMany({
    where: { id: payment.id, capturedAt: null },
    data: { providerRef: sessionId },
  });
  return count === 1;
}

type Resolved = Omit<PaymentEvent, "eventId"> | null;

async function resolveSession({ id: sessionId }: Stripe.Checkout.Session): Promise<Resolved> {
  const session = await readSession(sessionId);
  const payment = await paymentOf(session.metadata);
  if (!payment) return null;
  const { status, amount, currency } = await stateOf(session);
  if (status === "PENDING" || !(await isCurrent(payment, sessionId, status))) return null;
  const type = status === "SUCCEEDED" ? "payment.succeeded" : "payment.failed";
  return { type, paymentId: payment.id, amount, currency };
}

/** A refund that Stripe has carried out and that we still wait for, or one that came to nothing. */
async function resolveRefund(metadata: Stripe.Metadata | null): Promise<Resolved> {
  const payment = await paymentOf(metadata);
  if (!payment?.providerRef) return null;
  const { refunded, failed, currency } = await stateOf(await readSession(payment.providerRef));
  const { id: paymentId } = payment;
  const known = await db.refund.findMany({
    where: { paymentId },
    select: { id: true, status: true },
  });
  const stands = (refundId: string) => known.find((refund) => refund.id === refundId)?.status;
  const done = refunded.find(({ refundId }) =>
    ["PENDING", "FAILED"].includes(stands(refundId) ?? ""),
  );
  if (done) return { type: "refund.succeeded", paymentId, amount: done.amount, currency };
  // Banks say so days later: it may have counted as done by then.
  const dead = failed.find(({ refundId }) =>
    ["PENDING", "SUCCEEDED"].includes(stands(refundId) ?? ""),
  );
  if (!dead) return null;
  const { refundId, amount } = dead;
  return { type: "refund.failed", paymentId, refundId, amount, currency };
}

async function resolve(event: Stripe.Event): Promise<Resolved> {
  switch (event.type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
    case "checkout.session.async_payment_failed":
    case "checkout.session.expired":
      return resolveSession(event.data.object);
    case "charge.refunded":
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
      return resolveRefund(event.data.object.metadata);
    default:
      return null;
  }
}

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
    const idempotencyKey = earlier.length === 0 ? refundId : `${refundId}:${earlier.length}`;
    const made = await api().refunds.create(
      { payment_intent: intent, amount, metadata: { refundId, paymentId } },
      { idempotencyKey },
    );
    return { providerRef: made.id };
  },
  async close({ providerRef }) {
    if (!providerRef) return;
    const { status } = await readSession(providerRef);
    if (status === "open") await api().checkout.sessions.expire(providerRef);
  },
  async parseWebhook(rawBody, headers) {
    const event = verified(rawBody, headers.get("stripe-signature"));
    const resolved = await resolve(event);
    return resolved && { eventId: event.id, ...resolved };
  },
};
