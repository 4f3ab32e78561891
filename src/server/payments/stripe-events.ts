import Stripe from "stripe";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { logger } from "../platform/logger";
import { id } from "../platform/schema";
import { type ChargeState, type PaymentEvent, WebhookRefused } from "./provider";
import { readSession, stateOf } from "./stripe-api";

const TOLERANCE_SECONDS = 300;

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
    data: { providerRef: sessionId, checkoutClosedAt: null },
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
  const isFinal = status === "FAILED";
  const type = isFinal ? "payment.failed" : "payment.succeeded";
  return { type, isFinal, paymentId: payment.id, amount, currency };
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

/**
 * What an event of Stripe's tells of a payment of ours; null where it tells nothing.
 * @throws WebhookRefused by the signature.
 */
export async function parseStripeEvent(
  rawBody: Buffer,
  signature: string | null,
): Promise<PaymentEvent | null> {
  const event = verified(rawBody, signature);
  const resolved = await resolve(event);
  return resolved && { eventId: event.id, ...resolved };
}
