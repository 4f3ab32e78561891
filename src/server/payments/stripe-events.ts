import Stripe from "stripe";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { logger } from "../platform/logger";
import { id } from "../platform/schema";
import { replaceCheckout } from "./commands/replace-checkout";
import { type ChargeState, type PaymentEvent, WebhookRefused } from "./provider";
import { refundsByHand } from "./rules";
import { readIntent, readSession, stateOf } from "./stripe-api";

const TOLERANCE_SECONDS = 300;

/** Checks the signature of a body. @throws WebhookRefused. */
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
    // The library's message quotes the body, which must not get into answers or logs.
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
 * Tells whether a session is the one that `startCheckout` stored. The end of any other session means
 * nothing, because nobody was shown it. If it is paid all the same, it replaces the stored one.
 */
async function isCurrent(payment: Payment, sessionId: string, status: ChargeState["status"]) {
  if (payment.providerRef === sessionId) return true;
  if (status !== "SUCCEEDED") return false;
  logger.error({ paymentId: payment.id, sessionId }, "paid through a session that is not stored");
  return replaceCheckout(payment.id, sessionId);
}

type Resolved = Omit<PaymentEvent, "eventId"> & { eventId?: string };

async function resolveSession({ id: sessionId }: Stripe.Checkout.Session): Promise<Resolved[]> {
  const session = await readSession(sessionId);
  const payment = await paymentOf(session.metadata);
  if (!payment) return [];
  const { status, amount, currency } = await stateOf(session);
  if (status === "PENDING" || !(await isCurrent(payment, sessionId, status))) return [];
  const isFinal = status === "FAILED";
  const type = isFinal ? "payment.failed" : "payment.succeeded";
  return [{ type, isFinal, paymentId: payment.id, amount, currency }];
}

type OfRefund = Pick<Stripe.Refund | Stripe.Charge, "metadata" | "payment_intent">;

/** Finds our payment. A refund in the dashboard has no metadata of ours, but its payment has. */
async function paymentOfRefund({ metadata, payment_intent: intent }: OfRefund) {
  const found = await paymentOf(metadata);
  if (found || !intent) return found;
  return paymentOf((await readIntent(typeof intent === "string" ? intent : intent.id)).metadata);
}

/**
 * Turns the refunds of a payment into events: our pending refunds that succeeded or failed, and refunds
 * in Stripe's dashboard that are not recorded here yet.
 */
async function resolveRefund(object: OfRefund): Promise<Resolved[]> {
  const payment = await paymentOfRefund(object);
  if (!payment?.providerRef) return [];
  const state = await stateOf(await readSession(payment.providerRef));
  const { refunded, failed, currency } = state;
  const { id: paymentId } = payment;
  const known = await db.refund.findMany({
    where: { paymentId },
    select: { id: true, status: true, providerRef: true },
  });
  const byHand = refundsByHand(state, known).map((one) => ({ ...one, paymentId }));
  const isOneOf = (refundId: string, statuses: string[]) =>
    known.some(({ id, status }) => id === refundId && statuses.includes(status));
  const done = refunded.find(({ refundId }) => isOneOf(refundId, ["PENDING", "FAILED"]));
  // A bank can report a failure days later, when the refund counts as done.
  const dead = failed.find(({ refundId }) => isOneOf(refundId, ["PENDING", "SUCCEEDED"]));
  const ours = done ?? dead;
  if (!ours) return byHand;
  const type = done ? "refund.succeeded" : "refund.failed";
  const { refundId, amount } = ours;
  return [{ type, paymentId, refundId, amount, currency }, ...byHand];
}

async function resolve(event: Stripe.Event): Promise<Resolved[]> {
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
      return resolveRefund(event.data.object);
    default:
      return [];
  }
}

/**
 * Turns a Stripe event into events about our payments; none if it does not concern one.
 * @throws WebhookRefused if the signature is wrong.
 */
export async function parseStripeEvent(
  rawBody: Buffer,
  signature: string | null,
): Promise<PaymentEvent[]> {
  const event = verified(rawBody, signature);
  const resolved = await resolve(event);
  return resolved.map((one) => ({ eventId: event.id, ...one }));
}
