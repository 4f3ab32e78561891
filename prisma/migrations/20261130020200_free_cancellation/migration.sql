-- From now on a cancellation is also free for 15 minutes after paying, but not beyond the start.
-- Bookings that copied the first policy keep it.
INSERT INTO cancellation_policies (version, tiers) VALUES (2,
  '[{"minutesAfterPaying": 15, "refundPercent": 100},
    {"hoursBefore": 24, "refundPercent": 100}, {"hoursBefore": 2, "refundPercent": 50}]');
