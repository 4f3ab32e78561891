-- What the clinic gives back by hand has words of its own. It may happen more than once, so each of its
-- messages has the number of its refund in place of the booking's version.
CREATE OR REPLACE FUNCTION refunds_owe_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_settled CONSTANT boolean := NEW.status = 'SUCCEEDED' AND (TG_OP = 'INSERT' OR OLD.status <> NEW.status);
  news CONSTANT text := CASE
    WHEN TG_OP = 'INSERT' AND NEW.reason = 'not_pending' AND NEW.status = 'PENDING' THEN 'paid_too_late'
    WHEN is_settled AND NEW.reason = 'gateway' THEN 'refunded_by_clinic'
    WHEN is_settled THEN 'refunded' END;
BEGIN
  INSERT INTO notifications (booking_id, version, kind, channel, user_id)
  SELECT b.id,
         CASE WHEN NEW.reason = 'gateway' THEN (
           SELECT count(*) FROM refunds r WHERE r.payment_id = NEW.payment_id AND r.reason = 'gateway'
              AND (r.created_at, r.id) <= (NEW.created_at, NEW.id)) ELSE b.version END,
         news, 'email', b.patient_id
    FROM payments p JOIN bookings b ON b.id = p.booking_id
   WHERE p.id = NEW.payment_id AND news IS NOT NULL
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
