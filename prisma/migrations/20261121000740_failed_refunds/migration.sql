-- A refund that the gateway could not carry out is owed all the same: it counts until it went back.
CREATE OR REPLACE FUNCTION refunds_match_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT coalesce(sum(amount), 0) FROM refunds WHERE payment_id = NEW.payment_id)
     <> (SELECT refunded_amount FROM payments WHERE id = NEW.payment_id)
  THEN
    RAISE EXCEPTION 'refunds of payment % do not add up', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_match_payment';
  END IF;
  RETURN NULL;
END $$;
