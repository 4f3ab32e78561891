-- No hold is kept, no booking confirmed and no fee kept for a time that has begun.

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "no_show_grace_minutes" SMALLINT NOT NULL DEFAULT 10;

-- AlterTable
ALTER TABLE "cancellation_policies" ADD COLUMN     "no_show_grace_minutes" SMALLINT NOT NULL DEFAULT 10;

-- AlterTable
ALTER TABLE "consultations" ADD COLUMN     "patient_seen_at" TIMESTAMPTZ(3);

-- By hand from here. Deferred triggers of the updated rows would be in the way of ALTER TABLE.
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE bookings SET hold_expires_at = starts_at WHERE hold_expires_at > starts_at;
ALTER TABLE bookings
  ADD CONSTRAINT bookings_hold_ends_by_start CHECK (hold_expires_at <= starts_at),
  ADD CONSTRAINT bookings_no_show_grace CHECK (no_show_grace_minutes BETWEEN 0 AND 240);
ALTER TABLE cancellation_policies
  ADD CONSTRAINT cancellation_policies_no_show_grace CHECK (no_show_grace_minutes BETWEEN 0 AND 240);

-- Whether a patient waits for the doctor: seen within the last two minutes, or after the grace time,
-- which is to say that the patient came.
CREATE FUNCTION patient_waits(b bookings, c consultations) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(c.patient_seen_at >= least(
    app_now() - interval '2 minutes',
    b.starts_at + make_interval(mins => b.no_show_grace_minutes)), false)
$$;

-- A booking is confirmed before its start, and nobody is absent before the grace time is over.
CREATE FUNCTION bookings_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status = 'CONFIRMED' AND app_now() >= NEW.starts_at THEN
    RAISE EXCEPTION 'booking % has begun and cannot be confirmed', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_in_time';
  END IF;
  IF NEW.status = 'NO_SHOW' AND (
    app_now() < NEW.starts_at + make_interval(mins => NEW.no_show_grace_minutes)
    OR EXISTS (SELECT FROM consultations c WHERE c.booking_id = NEW.id AND patient_waits(NEW, c)))
  THEN
    RAISE EXCEPTION 'the patient of booking % is not absent', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_in_time';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bookings_in_time BEFORE UPDATE OF status ON bookings
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('CONFIRMED', 'NO_SHOW'))
  EXECUTE FUNCTION bookings_in_time();
