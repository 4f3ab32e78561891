import { Prisma } from "@/generated/prisma/client";
import { inTransaction, type Tx } from "../../platform/transaction";

const MOST_AT_ONCE = 100;

type Which = { bookingId: string } | { slotId: string; patientId: string } | "any";

function matches(which: Which): Prisma.Sql {
  if (which === "any") return Prisma.sql`true`;
  if ("bookingId" in which) return Prisma.sql`id = ${which.bookingId}::uuid`;
  return Prisma.sql`(slot_id = ${which.slotId}::uuid OR patient_id = ${which.patientId}::uuid)`;
}

/**
 * Ends holds that are over by the database's clock and frees their slots: a compare-and-set, so that
 * a payment that came first wins and a second run finds nothing. Rows in other hands are skipped.
 * @returns how many ended; at most 100 a call.
 */
export const expireHolds = (which: Which): Promise<number> =>
  inTransaction((tx) => expireHoldsIn(tx, which));

/** The same as a part of another change. */
export async function expireHoldsIn(tx: Tx, which: Which): Promise<number> {
  const expired = await tx.$queryRaw<unknown[]>`
      WITH over AS (
        SELECT id FROM bookings
         WHERE status = 'PENDING' AND hold_expires_at <= app_now() AND ${matches(which)}
         ORDER BY hold_expires_at LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED),
      expired AS (
        UPDATE bookings b SET status = 'EXPIRED', hold_number = NULL FROM over
         WHERE b.id = over.id AND b.status = 'PENDING' AND b.hold_expires_at <= app_now()
        RETURNING b.id, b.slot_id),
      freed AS (
        UPDATE availability_slots s SET status = 'AVAILABLE' FROM expired e
         WHERE s.id = e.slot_id AND s.status = 'HELD'),
      unpaid AS (
        UPDATE payments p SET status = 'FAILED' FROM expired e
         WHERE p.booking_id = e.id AND p.status = 'PENDING'),
      event AS (
        INSERT INTO outbox (name, data)
        SELECT 'booking/expired', jsonb_build_object('bookingId', e.id) FROM expired e)
      SELECT audit_append(NULL, 'system', 'booking.expired', 'booking', e.id::text, NULL, '{}')::text
        FROM expired e`;
  return expired.length;
}

/** Ends whatever holds are over, in case an event or a run was lost. */
export async function expireAllHolds(): Promise<void> {
  while ((await expireHolds("any")) === MOST_AT_ONCE);
}
