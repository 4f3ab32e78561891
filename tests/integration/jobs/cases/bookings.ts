import { expireUnpaidBooking } from "@/server/bookings/jobs";
import { makeConfirmed, makeHold, moveVisit, stateOf } from "../../../support/bookings";
import { letHoldRunOut, sql } from "../../../support/database";
import { FEE } from "../../../support/factories";
import { deliver, gatewayEvent } from "../../../support/gateway";
import type { JobCase } from "../../../support/job-cases";

/** A booking's status, with the number of its audit entries and events about the expiry. */
async function expiryOf(bookingId: string) {
  const { booking, slot, payment } = (await stateOf(bookingId)) ?? {};
  const [counted] = await sql<{ audited: number; emitted: number }>(
    `SELECT (SELECT count(*)::int FROM audit_logs
              WHERE action = 'booking.expired' AND entity_id = $1) AS audited,
            (SELECT count(*)::int FROM (SELECT name, data FROM outbox
                UNION ALL SELECT name, data FROM job_events) e
              WHERE name = 'booking/expired' AND data->>'bookingId' = $1) AS emitted`,
    [bookingId],
  );
  return { booking, slot, payment, ...counted };
}

const EXPIRED = {
  booking: "EXPIRED",
  slot: "AVAILABLE",
  payment: "FAILED",
  audited: 1,
  emitted: 1,
};
const PAID = { booking: "CONFIRMED", slot: "BOOKED", payment: "SUCCEEDED", audited: 0, emitted: 0 };

/** Makes a hold that has ended and is not swept yet. */
export async function prepareEndedHold() {
  const { booking, payment } = await makeHold();
  await letHoldRunOut(booking.id);
  return {
    data: () => ({ bookingId: booking.id, holdExpiresAt: new Date(Date.now() - 1).toISOString() }),
    effect: () => expiryOf(booking.id),
    once: EXPIRED,
    // The payment arrives before the sweep.
    undo: () => deliver(gatewayEvent("payment.succeeded", payment)),
    undone: PAID,
  };
}

/** Makes a confirmed booking in the past whose doctor did not come. */
export async function prepareMissed() {
  const { booking } = await makeConfirmed();
  await moveVisit(booking.id, "-2 hours");
  const owed = () =>
    sql(
      `SELECT b.status, (SELECT count(*)::int FROM refunds r WHERE r.payment_id = p.id) AS refunds,
              p.refunded_amount AS amount
         FROM bookings b JOIN payments p ON p.booking_id = b.id WHERE b.id = $1`,
      [booking.id],
    );
  return {
    effect: owed,
    once: [{ status: "CANCELLED", refunds: 1, amount: FEE }],
    // The doctor did come.
    undo: () =>
      sql("UPDATE consultations SET status = 'ACTIVE' WHERE booking_id = $1", [booking.id]),
    undone: [{ status: "CONFIRMED", refunds: 0, amount: 0 }],
  };
}

export const bookingCases: JobCase[] = [
  {
    fn: expireUnpaidBooking,
    event: "booking/held",
    prepare: prepareEndedHold,
    sleeping: async () => {
      const { booking, payment } = await makeHold();
      return {
        data: { bookingId: booking.id, holdExpiresAt: booking.holdExpiresAt },
        effect: () => expiryOf(booking.id),
        ends: {
          "booking/confirmed": {
            happens: () => deliver(gatewayEvent("payment.succeeded", payment)),
            leaves: PAID,
          },
        },
      };
    },
  },
];
