/**
 * Moves a visit and its slot, as if it had been booked for that time. The end of the hold and the
 * confirmation stay before the start. $1 is the booking, $2 the interval from now to the start.
 */
export const MOVE_VISIT = `
  WITH moved AS (
    UPDATE bookings SET starts_at = now() + $2::interval,
           ends_at = now() + $2::interval + (ends_at - starts_at),
           hold_expires_at = least(hold_expires_at, now() + $2::interval)
     WHERE id = $1 RETURNING slot_id, starts_at, ends_at),
  confirmed AS (
    UPDATE consultations SET created_at = least(created_at, now() + $2::interval - interval '1 day')
     WHERE booking_id = $1)
  UPDATE availability_slots s SET starts_at = m.starts_at, ends_at = m.ends_at FROM moved m
   WHERE s.id = m.slot_id`;
