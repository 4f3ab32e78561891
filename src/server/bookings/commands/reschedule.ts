import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { refundPercent } from "../rules";
import type { Reschedule } from "../schema";
import { lockBooking, termsOf } from "./cancel";
import { whyNot } from "./hold";

/**
 * Moves a CONFIRMED booking to another free slot of the same price, its payment kept. One
 * transaction: the new slot is claimed, the old one freed, the old join link dead. Whatever fails,
 * all is as before. What the policy gave back at this moment caps later refunds, so that moving a
 * visit away and cancelling it gains nothing.
 *
 * @throws NOT_FOUND, ILLEGAL_TRANSITION, PRICE_DIFFERS, and as `holdSlot` for the wanted slot.
 */
export async function reschedule(
  tx: Tx,
  actor: Actor & { userId: string },
  { bookingId, slotId }: Reschedule,
): Promise<void> {
  const booking = await lockBooking(tx, { patientId: actor.userId }, bookingId);
  const waiting = booking.status === "CONFIRMED" && booking.consultation === "SCHEDULED";
  if (!waiting || booking.starts_at <= booking.now) throw new AppError("ILLEGAL_TRANSITION");
  const newCap = refundPercent(termsOf(booking));
  const [claim] = await tx.$queryRaw<Array<{ moved: string | null }>>`
    WITH claimed AS (
      UPDATE availability_slots s SET status = 'BOOKED' FROM doctors d
       WHERE s.id = ${slotId}::uuid AND s.status = 'AVAILABLE' AND s.withdrawn_at IS NULL
         AND s.starts_at > app_now() + make_interval(mins => d.minimum_notice_minutes)
         AND d.id = s.doctor_id AND doctor_is_bookable(d)
      RETURNING s.id, s.doctor_id, s.starts_at, s.ends_at, d.fee_amount),
    before AS (SELECT slot_id FROM bookings WHERE id = ${bookingId}::uuid),
    moved AS (
      UPDATE bookings b
         SET slot_id = c.id, doctor_id = c.doctor_id, starts_at = c.starts_at, ends_at = c.ends_at,
             version = b.version + 1, refund_cap_percent = ${newCap},
             hold_expires_at = least(b.hold_expires_at, c.starts_at)
        FROM claimed c
       WHERE b.id = ${bookingId}::uuid AND b.status = 'CONFIRMED' AND b.price_amount = c.fee_amount
      RETURNING b.id, b.version, b.starts_at, b.slot_id),
    freed AS (
      UPDATE availability_slots s SET status = 'AVAILABLE' FROM before, moved
       WHERE s.id = before.slot_id AND s.status = 'BOOKED'),
    room AS (
      UPDATE consultations k SET room_id = gen_random_uuid() FROM moved m WHERE k.booking_id = m.id),
    event AS (
      INSERT INTO outbox (name, data)
      SELECT 'booking/rescheduled', jsonb_build_object('bookingId', m.id, 'version', m.version,
               'startsAt', to_char(m.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        FROM moved m)
    SELECT m.id AS moved, audit_append(${actor.userId}::uuid, ${actor.role}, 'booking.rescheduled',
             'booking', ${bookingId}, ${actor.requestId},
             jsonb_build_object('from', before.slot_id, 'to', c.id))::text
      FROM claimed c CROSS JOIN before LEFT JOIN moved m ON true`;
  if (!claim) throw await whyNot(tx, slotId);
  if (!claim.moved) throw new AppError("PRICE_DIFFERS");
}
