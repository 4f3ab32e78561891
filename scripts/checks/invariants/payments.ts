import type { Invariant } from "./invariant";

export const PAYMENTS: Invariant[] = [
  {
    id: "2a",
    title:
      "a CONFIRMED booking has one captured payment of its amount, and only refunds by hand reduced it",
    sql: `SELECT b.id FROM bookings b WHERE b.status = 'CONFIRMED' AND 1 <> (
            SELECT count(*) FROM payments p WHERE p.booking_id = b.id
               AND p.captured_at IS NOT NULL AND (p.status = 'SUCCEEDED') = (p.refunded_amount = 0)
               AND p.refunded_amount = coalesce((SELECT sum(r.amount) FROM refunds r
                                                  WHERE r.payment_id = p.id AND r.reason = 'gateway'), 0)
               AND p.amount = b.price_amount AND p.currency = b.currency)`,
  },
  {
    id: "2b",
    title:
      "a captured payment without a refund belongs to a booking that was not ended, or that its patient cancelled too late",
    sql: `SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
           WHERE p.captured_at IS NOT NULL AND p.refunded_amount = 0
             AND b.status NOT IN ('CONFIRMED', 'COMPLETED', 'NO_SHOW')
             AND NOT (b.status = 'CANCELLED' AND b.cancelled_by = 'patient')`,
  },
  {
    id: "2e",
    title: "no fee is kept for a visit that was due and that the doctor never started",
    sql: `SELECT b.id FROM bookings b JOIN payments p ON p.booking_id = b.id
            JOIN consultations c ON c.booking_id = b.id
           WHERE p.refunded_amount < p.amount AND c.started_at IS NULL AND (
             b.status = 'COMPLETED' OR b.status = 'CANCELLED' AND EXISTS (
               SELECT FROM audit_logs l WHERE l.action = 'booking.cancelled'
                  AND l.entity_id = b.id::text AND l.at > b.starts_at))`,
  },
  {
    id: "3a",
    title: "every ledger transaction sums to zero",
    sql: `SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING sum(amount) <> 0`,
  },
  {
    id: "3b",
    title: "the ledger's gateway balance is the captures minus the refunds that were paid",
    sql: `SELECT p.id FROM payments p
           WHERE (CASE WHEN p.captured_at IS NULL THEN 0 ELSE p.amount END)
                 - coalesce((SELECT sum(r.amount) FROM refunds r
                              WHERE r.payment_id = p.id AND r.status = 'SUCCEEDED'), 0)
              <> coalesce((SELECT sum(e.amount) FROM ledger_entries e
                            WHERE e.payment_id = p.id AND e.account = 'gateway'), 0)`,
  },
  {
    id: "3c",
    title: "the ledger owes a patient exactly the refunds that are not paid yet",
    sql: `SELECT p.id FROM payments p
           WHERE coalesce((SELECT sum(r.amount) FROM refunds r
                            WHERE r.payment_id = p.id AND r.status <> 'SUCCEEDED'), 0)
              <> -coalesce((SELECT sum(e.amount) FROM ledger_entries e
                             WHERE e.payment_id = p.id AND e.account = 'patient_receivable'), 0)`,
  },
  {
    id: "3d",
    title: "the refunds of a payment add up to its refunded amount, and never exceed the capture",
    sql: `SELECT p.id FROM payments p
           WHERE p.refunded_amount > (CASE WHEN p.captured_at IS NULL THEN 0 ELSE p.amount END)
              OR p.refunded_amount <> coalesce((SELECT sum(r.amount) FROM refunds r
                                                 WHERE r.payment_id = p.id), 0)`,
  },
  {
    id: "3e",
    title: "no refund is pending",
    onlyDrained: true,
    sql: "SELECT id FROM refunds WHERE status = 'PENDING'",
  },
  {
    id: "3f",
    title: "every capture has a receipt, and the numbers of a year have no gap",
    sql: `SELECT p.id::text FROM payments p
           WHERE p.captured_at IS NOT NULL AND NOT EXISTS (SELECT FROM receipts r WHERE r.payment_id = p.id)
          UNION ALL
          SELECT r.year::text FROM receipts r LEFT JOIN receipt_counters c USING (year)
           GROUP BY r.year, c.last
          HAVING count(r.number) <> coalesce(max(r.number), 0)
              OR count(r.number) <> coalesce(c.last, 0)`,
  },
  {
    id: "7b",
    title: "one effect per webhook event",
    sql: `SELECT event_id FROM webhook_events GROUP BY provider, event_id HAVING count(*) > 1`,
  },
  {
    id: "7c",
    title: "one capture and one sale per payment",
    // A refund that the bank returned is booked like a second capture, after it was paid out.
    sql: `SELECT payment_id FROM ledger_entries e GROUP BY payment_id
          HAVING count(*) FILTER (WHERE account = 'revenue') > 1
              OR count(*) FILTER (WHERE account = 'gateway' AND amount > 0) - 1
                 > count(*) FILTER (WHERE account = 'gateway' AND amount < 0)
                   - (SELECT count(*) FROM refunds r
                       WHERE r.payment_id = e.payment_id AND r.status = 'SUCCEEDED')`,
  },
];
