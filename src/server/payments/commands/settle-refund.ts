import { audit } from "../../audit/commands";
import { system } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { uuidv7 } from "../../platform/ids";
import { emit } from "../../platform/outbox";
import type { Tx } from "../../platform/transaction";
import type { PaymentEvent } from "../provider";
import { post } from "./ledger";

/** A payment that is locked together with its booking. */
export type LockedPayment = {
  id: string;
  booking_id: string;
  status: string;
  amount: number;
  currency: string;
  captured: boolean;
  /** The sum of all refunds, paid or pending, in minor units. */
  refunded: number;
  /** Whether the booked time has started. */
  begun: boolean;
};

/** By then the job of a failed refund has used all its tries. */
const RETRY_MS = 10 * 60_000;

type Refund = { id: string; amount: number; status: string; providerRef: string | null };
type Outcome = "APPLIED" | "IGNORED" | "MISMATCH";

/**
 * Applies the event of a successful refund. It is our refund if the event names it, or names none while a
 * refund of this amount is pending. Otherwise the clinic refunded by hand at the gateway.
 */
export async function settleRefund(
  tx: Tx,
  payment: LockedPayment,
  event: PaymentEvent,
  requestId: string | null,
): Promise<Outcome> {
  const refunds = await tx.refund.findMany({
    where: { paymentId: payment.id },
    orderBy: { createdAt: "asc" },
  });
  const { refundId: ref, amount } = event;
  const named = refunds.find(({ id, providerRef }) => ref && (id === ref || providerRef === ref));
  if (named?.status === "SUCCEEDED") return "IGNORED";
  const open = refunds.filter(({ status }) => status !== "SUCCEEDED");
  const ours = named ?? (ref ? undefined : open.find((refund) => refund.amount === amount));
  const fits = event.currency === payment.currency && amount > 0;
  if (fits && ours?.amount === amount) {
    await markPaid(tx, payment, ours, requestId);
    return "APPLIED";
  }
  if (fits && !named && payment.captured && (await byHand(tx, payment, event, open, requestId))) {
    return "APPLIED";
  }
  await audit(tx, system(requestId), {
    action: "payment.refund_mismatched",
    entityType: "payment",
    entityId: payment.id,
    detail: { amount, eventId: event.eventId },
  });
  return "MISMATCH";
}

/** Marks our refund as paid. */
async function markPaid(
  tx: Tx,
  payment: LockedPayment,
  { id: refundId, amount }: Refund,
  requestId: string | null,
) {
  await tx.refund.updateMany({
    where: { id: refundId },
    data: { status: "SUCCEEDED", settledAt: clock.now() },
  });
  await updateStatus(tx, payment.id);
  await post(tx, "refundPaid", payment.id, amount);
  await audit(tx, system(requestId), {
    action: "payment.refunded",
    entityType: "payment",
    entityId: payment.id,
    detail: { amount, refundId },
  });
  await emit(tx, { name: "payment/refunded", data: { refundId, paymentId: payment.id } });
}

/**
 * Records a refund by hand. It reduces our pending refunds, because the gateway never refunds more than it
 * captured: our own refund could no longer succeed in full.
 * @returns false if the refunds would exceed the captured amount.
 */
async function byHand(
  tx: Tx,
  payment: LockedPayment,
  { refundId: ref, amount }: PaymentEvent,
  open: Refund[],
  requestId: string | null,
): Promise<boolean> {
  const excess = amount - (payment.amount - payment.refunded);
  // Without an id it could also be our refund with a wrong amount.
  const taken = excess > 0 && ref ? open.find((refund) => refund.amount >= excess) : undefined;
  if (excess > 0 && !taken) return false;
  if (taken?.amount === excess) {
    await markPaid(tx, payment, taken, requestId);
    if (amount > excess) await add(tx, payment, amount - excess, 0, ref, requestId);
    return true;
  }
  if (taken) {
    await tx.refund.updateMany({
      where: { id: taken.id },
      data: { amount: { decrement: excess } },
    });
  }
  await add(tx, payment, amount, taken ? excess : 0, ref, requestId);
  return true;
}

/** Adds a refund by hand to the payment and the ledger. @param owed the part that was owed already. */
async function add(
  tx: Tx,
  payment: LockedPayment,
  amount: number,
  owed: number,
  providerRef: string | undefined,
  requestId: string | null,
) {
  const paymentId = payment.id;
  const refundId = uuidv7();
  const settled = { status: "SUCCEEDED", settledAt: clock.now() } as const;
  await tx.refund.createMany({
    data: [{ id: refundId, paymentId, amount, reason: "gateway", providerRef, ...settled }],
  });
  await tx.payment.updateMany({
    where: { id: paymentId },
    data: { refundedAmount: { increment: amount - owed } },
  });
  await updateStatus(tx, paymentId);
  if (amount > owed) await post(tx, "refundOwed", paymentId, amount - owed);
  await post(tx, "refundPaid", paymentId, amount);
  await audit(tx, system(requestId), {
    action: "payment.refunded_at_gateway",
    entityType: "payment",
    entityId: paymentId,
    detail: { amount, refundId },
  });
  await emit(tx, { name: "payment/refunded", data: { refundId, paymentId } });
}

/** Derives the state of a payment from its refunds: one is pending, a part is refunded, or all of it. */
const updateStatus = (tx: Tx, paymentId: string) => tx.$executeRaw`
  UPDATE payments p SET status = CASE
         WHEN EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.status <> 'SUCCEEDED')
           THEN 'REFUND_PENDING'::payment_status
         WHEN p.refunded_amount < p.amount THEN 'PARTIALLY_REFUNDED' ELSE 'REFUNDED' END
   WHERE p.id = ${paymentId}::uuid`;

/**
 * Applies the event of a failed refund, which may follow the event of its success: the clinic owes the
 * money again. Emits an event that starts another try.
 */
export async function failRefund(
  tx: Tx,
  payment: LockedPayment,
  { refundId }: PaymentEvent,
  requestId: string | null,
): Promise<Outcome> {
  const refund = await tx.refund.findFirst({
    where: { id: refundId, paymentId: payment.id, status: { not: "FAILED" } },
  });
  if (!refund) return "IGNORED";
  const { id, amount, status } = refund;
  const retryAt = new Date(clock.now().getTime() + RETRY_MS);
  await tx.refund.updateMany({
    where: { id },
    data: { status: "FAILED", settledAt: null, retryAt },
  });
  if (status === "SUCCEEDED") {
    await updateStatus(tx, payment.id);
    await post(tx, "refundReturned", payment.id, amount);
  }
  await audit(tx, system(requestId), {
    action: "payment.refund_failed",
    entityType: "payment",
    entityId: payment.id,
    detail: { amount, refundId: id },
  });
  await emit(tx, {
    name: "payment/refund.failed",
    data: { refundId: id, paymentId: payment.id },
  });
  return "APPLIED";
}
