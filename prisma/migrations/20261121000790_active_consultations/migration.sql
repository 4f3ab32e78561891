-- Consultations that were begun and never completed, among all there ever were.
CREATE INDEX consultations_active ON consultations (booking_id) WHERE status = 'ACTIVE';
