import type { Actor } from "../../audit/schema";
import type { Tx } from "../../platform/transaction";

/**
 * PENDING → CONFIRMED, once its payment is captured in the same transaction: the slot is booked and
 * the consultation made. @returns false where the booking is no longer PENDING or its time has begun;
 * nothing changed then.
 */
export async function confirmBooking(tx: Tx, actor: Actor, bookingId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    WITH confirmed AS (
      UPDATE bookings SET status = 'CONFIRMED', hold_number = NULL
       WHERE id = ${bookingId}::uuid AND status = 'PENDING' AND starts_at > app_now()
      RETURNING id, slot_id, version, starts_at),
    booked AS (
      UPDATE availability_slots s SET status = 'BOOKED' FROM confirmed c WHERE s.id = c.slot_id),
    consultation AS (INSERT INTO consultations (booking_id) SELECT id FROM confirmed),
    event AS (
      INSERT INTO outbox (name, data)
      SELECT 'booking/confirmed', jsonb_build_object('bookingId', c.id, 'version', c.version, 'startsAt',
               to_char(c.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        FROM confirmed c)
    SELECT audit_append(${actor.userId}::uuid, ${actor.role}, 'booking.confirmed', 'booking',
             c.id::text, ${actor.requestId}, '{}')::text
      FROM confirmed c`;
  return rows.length === 1;
}

/** PENDING → CANCELLED after a declined payment; the slot is free again. @returns whether it was PENDING. */
export async function cancelUnpaid(tx: Tx, actor: Actor, bookingId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    WITH cancelled AS (
      UPDATE bookings SET status = 'CANCELLED', cancelled_by = 'payment', hold_number = NULL
       WHERE id = ${bookingId}::uuid AND status = 'PENDING'
      RETURNING id, slot_id),
    freed AS (
      UPDATE availability_slots s SET status = 'AVAILABLE' FROM cancelled c WHERE s.id = c.slot_id),
    event AS (
      INSERT INTO outbox (name, data)
      SELECT 'booking/cancelled', jsonb_build_object('bookingId', c.id) FROM cancelled c)
    SELECT audit_append(${actor.userId}::uuid, ${actor.role}, 'booking.cancelled', 'booking',
             c.id::text, ${actor.requestId}, '{"by":"payment"}')::text
      FROM cancelled c`;
  return rows.length === 1;
}
