-- Every message is owed by a row, written in the transaction of the change that it tells of. A job
-- sends it promptly; a sweep sends what no job sent (docs/decisions/0008-owed-by-a-row.md).

-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
ALTER COLUMN "booking_id" DROP NOT NULL,
ALTER COLUMN "user_id" DROP NOT NULL,
ALTER COLUMN "version" SET DEFAULT 1;

-- By hand from here.
UPDATE notifications SET due_at = created_at;
DROP INDEX notifications_unsent;
CREATE INDEX notifications_unsent ON notifications (due_at) WHERE status = 'PENDING';

-- A trigger, so that no way of changing a booking can forget the people whom it concerns.
CREATE FUNCTION bookings_owe_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved CONSTANT boolean := NEW.version > OLD.version;
  news CONSTANT text := CASE
    WHEN moved THEN 'rescheduled'
    WHEN NEW.status = OLD.status THEN NULL
    WHEN NEW.status = 'CONFIRMED' THEN 'confirmed'
    WHEN NEW.status = 'EXPIRED' THEN 'expired'
    WHEN NEW.status = 'CANCELLED' THEN 'cancelled' END;
BEGIN
  IF OLD.status = 'CONFIRMED' AND (moved OR NEW.status = 'CANCELLED') THEN
    UPDATE notifications SET status = 'VOID', leased_until = NULL
     WHERE booking_id = NEW.id AND status = 'PENDING' AND kind IN ('reminder_24h', 'reminder_1h');
  END IF;
  INSERT INTO notifications (booking_id, version, kind, channel, user_id, due_at)
  SELECT NEW.id, NEW.version, m.kind, 'email', m.user_id, m.due_at
    FROM (
      SELECT news AS kind, NEW.patient_id AS user_id, app_now() AS due_at
      UNION ALL
      -- A doctor never heard of a booking that was not paid.
      SELECT news, d.user_id, app_now() FROM doctors d
       WHERE d.id = NEW.doctor_id AND 'CONFIRMED' IN (OLD.status, NEW.status)
      UNION ALL
      SELECT 'moved_away', d.user_id, app_now() FROM doctors d
       WHERE d.id = OLD.doctor_id AND OLD.doctor_id <> NEW.doctor_id
      UNION ALL
      SELECT r.kind, NEW.patient_id, NEW.starts_at - r.before
        FROM (VALUES ('reminder_24h', interval '24 hours'), ('reminder_1h', interval '1 hour')) r(kind, before)
       WHERE NEW.status = 'CONFIRMED' AND NEW.starts_at - r.before > app_now()) m
   WHERE news IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER bookings_owe_messages AFTER UPDATE OF status, version ON bookings
  FOR EACH ROW EXECUTE FUNCTION bookings_owe_messages();

CREATE FUNCTION refunds_owe_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  news CONSTANT text := CASE
    WHEN TG_OP = 'INSERT' AND NEW.reason = 'not_pending' AND NEW.status = 'PENDING' THEN 'paid_too_late'
    WHEN NEW.status = 'SUCCEEDED' AND (TG_OP = 'INSERT' OR OLD.status <> NEW.status) THEN 'refunded' END;
BEGIN
  INSERT INTO notifications (booking_id, version, kind, channel, user_id)
  SELECT b.id, b.version, news, 'email', b.patient_id
    FROM payments p JOIN bookings b ON b.id = p.booking_id
   WHERE p.id = NEW.payment_id AND news IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER refunds_owe_messages AFTER INSERT OR UPDATE OF status ON refunds
  FOR EACH ROW EXECUTE FUNCTION refunds_owe_messages();

-- Bookings that were confirmed before: their reminders are still to come.
INSERT INTO notifications (booking_id, version, kind, channel, user_id, due_at)
SELECT b.id, b.version, r.kind, 'email', b.patient_id, b.starts_at - r.before
  FROM bookings b,
       (VALUES ('reminder_24h', interval '24 hours'), ('reminder_1h', interval '1 hour')) r(kind, before)
 WHERE b.status = 'CONFIRMED' AND b.starts_at - r.before > app_now()
ON CONFLICT DO NOTHING;

-- News whose jobs have not run yet: in the outbox, or in the embedded engine.
INSERT INTO notifications (booking_id, version, kind, channel, user_id, due_at)
SELECT b.id, b.version, k.kind, 'email', who.user_id, app_now()
  FROM (SELECT name, data FROM outbox
        UNION SELECT name, data FROM job_events WHERE delivered_at IS NULL
        UNION SELECT event->>'name', event->'data' FROM job_runs
         WHERE function_id LIKE 'amrutam-tell-%' AND status IN ('QUEUED', 'RUNNING', 'SLEEPING')) e
  JOIN (VALUES ('booking/confirmed', 'confirmed'), ('booking/rescheduled', 'rescheduled'),
               ('booking/expired', 'expired'), ('booking/cancelled', 'cancelled'),
               ('payment/refund.requested', 'paid_too_late'), ('payment/refunded', 'refunded')) k(name, kind)
    ON k.name = e.name
  LEFT JOIN payments p ON p.id::text = e.data->>'paymentId'
  JOIN bookings b ON b.id = coalesce((e.data->>'bookingId')::uuid, p.booking_id)
  JOIN LATERAL (
    SELECT b.patient_id AS user_id
    UNION ALL
    SELECT d.user_id FROM doctors d
     WHERE d.id = b.doctor_id AND k.kind IN ('confirmed', 'rescheduled', 'cancelled')
       AND EXISTS (SELECT FROM consultations c WHERE c.booking_id = b.id)) who ON true
 WHERE k.kind <> 'paid_too_late'
    OR EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.reason = 'not_pending')
ON CONFLICT DO NOTHING;

-- The same for mails about accounts, whose three functions have become one.
INSERT INTO notifications (kind, channel, user_id)
SELECT k.kind, 'email', u.id
  FROM (SELECT id::text, name, data FROM outbox
        UNION SELECT id, name, data FROM job_events WHERE delivered_at IS NULL
        UNION SELECT event_id, event->>'name', event->'data' FROM job_runs
         WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')) e
  JOIN (VALUES ('account/verification.requested', 'verify_email'),
               ('account/reset.requested', 'reset_password'),
               ('account/registered.again', 'registered_again')) k(name, kind) ON k.name = e.name
  JOIN users u ON u.id::text = e.data->>'userId';
UPDATE job_runs SET status = 'CANCELLED', ended_at = app_now(), lease_token = NULL, leased_until = NULL
 WHERE function_id IN ('amrutam-mail-verification', 'amrutam-mail-reset', 'amrutam-mail-registered-again')
   AND status IN ('QUEUED', 'RUNNING', 'SLEEPING');
