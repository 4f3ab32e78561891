-- A CONFIRMED booking is paid: nothing of its payment was given back by this app. What the clinic gave
-- back by hand at the gateway does not end a visit; docs/decisions/0009 says why.
CREATE FUNCTION booking_is_paid(b bookings) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT FROM payments p
     WHERE p.booking_id = b.id AND p.captured_at IS NOT NULL
       AND p.amount = b.price_amount AND p.currency = b.currency
       AND CASE WHEN p.refunded_amount = 0 THEN p.status = 'SUCCEEDED'
                ELSE NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.reason <> 'gateway')
           END)
$$;

CREATE OR REPLACE FUNCTION bookings_confirmed_is_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM bookings b WHERE b.id = NEW.id AND b.status = 'CONFIRMED' AND NOT booking_is_paid(b))
  THEN
    RAISE EXCEPTION 'booking % is CONFIRMED without its payment', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_confirmed_is_paid';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION payments_refund_frees_booking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM bookings b WHERE b.id = NEW.booking_id AND b.status = 'CONFIRMED' AND NOT booking_is_paid(b))
  THEN
    RAISE EXCEPTION 'payment % left its CONFIRMED booking', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_confirmed_is_paid';
  END IF;
  RETURN NULL;
END $$;

-- From now on a payment may change more than once under its CONFIRMED booking.
DROP TRIGGER payments_refund_frees_booking ON payments;
CREATE CONSTRAINT TRIGGER payments_refund_frees_booking AFTER UPDATE ON payments
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.captured_at IS NOT NULL AND (OLD.status <> NEW.status OR OLD.refunded_amount <> NEW.refunded_amount))
  EXECUTE FUNCTION payments_refund_frees_booking();

-- Admins are shown what the clinic gave back by hand, and what does not fit.
CREATE INDEX refunds_by_clinic ON refunds (created_at) WHERE reason = 'gateway';
