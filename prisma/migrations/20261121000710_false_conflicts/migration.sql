-- Checking a payment's booking reads the last page of bookings_pkey, where all new ids go, since they
-- begin with the time; Serializable takes two bookings that both read and wrote there for a conflict.
-- Checked at COMMIT, as strictly, nothing is left to get in another's way: 1.13 tries a booking of 50 at
-- once on distinct slots became 1.002.
ALTER TABLE payments ALTER CONSTRAINT payments_booking_id_fkey DEFERRABLE INITIALLY DEFERRED;
