-- What waits for a person or for reconciliation is a handful among millions of rows that are settled.
CREATE INDEX webhook_events_mismatched ON webhook_events (received_at) WHERE outcome = 'MISMATCH';
CREATE INDEX refunds_open ON refunds (created_at) WHERE status IN ('PENDING', 'FAILED');
CREATE INDEX payments_uncaptured ON payments (created_at) WHERE captured_at IS NULL;
