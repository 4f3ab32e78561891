import { refundPayment } from "@/server/payments/jobs";
import { makeConfirmed, makeHold, stateOf } from "../../../support/bookings";
import { callerAs } from "../../../support/caller";
import { age, sql } from "../../../support/database";
import { FEE } from "../../../support/factories";
import { deliver, gatewayEvent } from "../../../support/gateway";
import type { JobCase } from "../../../support/job-cases";

/** Makes a paid and cancelled booking whose refund is owed. */
export async function makeOwed() {
  const made = await makeConfirmed();
  await callerAs(made.patient).bookings.cancel({ bookingId: made.booking.id });
  const [refund] = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
    made.payment.id,
  ]);
  return { ...made, refundId: refund?.id ?? "" };
}

async function prepareOwed() {
  const { payment, refundId } = await makeOwed();
  return {
    data: () => ({ refundId, paymentId: payment.id }),
    effect: () => sql("SELECT amount FROM sandbox_refunds WHERE payment_id = $1", [payment.id]),
    once: [{ amount: FEE }],
    // The clinic refunds at the gateway.
    undo: () => deliver(gatewayEvent("refund.succeeded", payment)),
    undone: [],
  };
}

/** Makes a refund that has been owed for so long that its job must be lost. */
export async function prepareLostRefund() {
  const scenario = await prepareOwed();
  await age("refunds", scenario.data().refundId);
  return scenario;
}

/** Makes a payment at the gateway whose webhook was lost. */
export async function prepareLostWebhook() {
  const { booking, payment } = await makeHold();
  await sql("INSERT INTO sandbox_charges (payment_id, status) VALUES ($1, 'SUCCEEDED')", [
    payment.id,
  ]);
  await age("payments", payment.id);
  const effect = async () => {
    const { booking: status, slot } = (await stateOf(booking.id)) ?? {};
    const [counted] = await sql<{ captured: number; sold: number; audited: number }>(
      `SELECT count(*) FILTER (WHERE account = 'gateway')::int AS captured,
              count(*) FILTER (WHERE account = 'revenue')::int AS sold,
              (SELECT count(*)::int FROM audit_logs
                WHERE action = 'payment.captured' AND entity_id = $1::text) AS audited
         FROM ledger_entries WHERE payment_id = $1::uuid`,
      [payment.id],
    );
    return { status, slot, ...counted };
  };
  const once = { status: "CONFIRMED", slot: "BOOKED", captured: 1, sold: 1, audited: 1 };
  return {
    effect,
    once,
    // The webhook arrives late: its effect stays as it is.
    undo: () => deliver(gatewayEvent("payment.succeeded", payment)),
    undone: once,
  };
}

export const paymentCases: JobCase[] = [
  { fn: refundPayment, event: "payment/refund.requested", prepare: prepareOwed },
];
