import { audit } from "../../audit/commands";
import { system } from "../../audit/schema";
import { expireHoldsIn } from "../../bookings/commands/expire";
import { cancelUnpaid, confirmBooking } from "../../bookings/commands/settle";
import { clock } from "../../platform/clock";
import { inTransaction, type Tx } from "../../platform/transaction";
import type { PaymentEvent } from "../provider";
import { post } from "./ledger";
import { requestRefund } from "./refund";
import { failRefund, type LockedPayment, settleRefund } from "./settle-refund";

type Outcome = "APPLIED" | "IGNORED" | "MISMATCH" | "UNKNOWN_PAYMENT";

/**
 * Applies a gateway event once. The event's row and its effect share a transaction, so that a repeated
 * event finds the row and does nothing, even at the same moment.
 */
export async function applyEvent(
  provider: string,
  event: PaymentEvent,
  requestId: string | null,
): Promise<void> {
  await inTransaction(async (tx) => {
    const { eventId, type, paymentId } = event;
    const { count } = await tx.webhookEvent.createMany({
      data: [{ provider, eventId, type, outcome: "IGNORED" }],
      skipDuplicates: true,
    });
    if (count === 0) return;
    // Every transaction locks the booking before its payment: another order could deadlock.
    const [payment] = await tx.$queryRaw<LockedPayment[]>`
      WITH booking AS MATERIALIZED (
        SELECT id, starts_at FROM bookings WHERE id = (
          SELECT booking_id FROM payments WHERE id = ${paymentId}::uuid AND provider = ${provider})
        FOR UPDATE)
      SELECT p.id, p.booking_id, p.status::text AS status, p.amount, p.currency,
             p.captured_at IS NOT NULL AS captured, p.refunded_amount AS refunded,
             booking.starts_at <= app_now() AS begun
        FROM booking JOIN payments p ON p.booking_id = booking.id FOR UPDATE OF p`;
    const outcome: Outcome = payment
      ? await apply(tx, payment, event, requestId)
      : "UNKNOWN_PAYMENT";
    await tx.webhookEvent.updateMany({
      where: { provider, eventId },
      data: { outcome, paymentId: payment?.id ?? null },
    });
  });
}

async function apply(
  tx: Tx,
  payment: LockedPayment,
  event: PaymentEvent,
  requestId: string | null,
): Promise<Outcome> {
  const actor = system(requestId);
  if (event.type === "refund.succeeded") return settleRefund(tx, payment, event, requestId);
  if (event.type === "refund.failed") return failRefund(tx, payment, event, requestId);
  if (event.type === "payment.failed") {
    // A failed try that is not final can be followed by a successful one whose event is lost.
    if (event.isFinal) {
      await tx.payment.updateMany({
        where: { id: payment.id, capturedAt: null },
        data: { checkoutClosedAt: clock.now() },
      });
    }
    const { count } = await tx.payment.updateMany({
      where: { id: payment.id, status: "PENDING" },
      data: { status: "FAILED" },
    });
    if (count === 0) return "IGNORED";
    await cancelUnpaid(tx, actor, payment.booking_id);
    await audit(tx, actor, {
      action: "payment.failed",
      entityType: "payment",
      entityId: payment.id,
    });
    return "APPLIED";
  }
  if (event.amount !== payment.amount || event.currency !== payment.currency) {
    await audit(tx, actor, {
      action: "payment.mismatched",
      entityType: "payment",
      entityId: payment.id,
      detail: { amount: event.amount, eventId: event.eventId },
    });
    return "MISMATCH";
  }
  return payment.captured ? "IGNORED" : capture(tx, payment, requestId);
}

/** Records the captured money, then confirms the booking or, if that is not possible, requests a refund. */
async function capture(tx: Tx, payment: LockedPayment, requestId: string | null): Promise<Outcome> {
  const actor = system(requestId);
  const { id, amount, booking_id: bookingId, begun } = payment;
  await tx.payment.updateMany({
    where: { id },
    data: { status: "SUCCEEDED", capturedAt: clock.now() },
  });
  await post(tx, "capture", id, amount);
  await audit(tx, actor, {
    action: "payment.captured",
    entityType: "payment",
    entityId: id,
    detail: { amount },
  });
  if (await confirmBooking(tx, actor, bookingId)) {
    await post(tx, "sale", id, amount);
  } else {
    // A hold ends at the start at the latest. This one was not expired by a job yet.
    if (begun) await expireHoldsIn(tx, { bookingId });
    await requestRefund(tx, actor, id, amount, "not_pending");
  }
  return "APPLIED";
}
