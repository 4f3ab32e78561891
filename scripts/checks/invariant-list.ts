export type Invariant = {
  /** The number in the list of invariants, and a letter. */
  id: string;
  says: string;
  /** Rows that violate it; the first column names the culprit. */
  sql: string;
};

const ACTIVE = "('PENDING', 'CONFIRMED')";
/** States that occupy a slot. */
const OCCUPYING = "('PENDING', 'CONFIRMED', 'COMPLETED', 'NO_SHOW')";

const overlapping = (column: string) => `
  SELECT a.id FROM bookings a JOIN bookings b ON a.${column} = b.${column} AND a.id < b.id
     AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
   WHERE a.status IN ${ACTIVE} AND b.status IN ${ACTIVE}`;

/** Audit entries of one action a booking has, against how many it should have. */
const audited = (action: string, expected: string) => `
  SELECT b.id FROM bookings b
    LEFT JOIN (SELECT entity_id, count(*) AS n FROM audit_logs WHERE action = 'booking.${action}'
                GROUP BY entity_id) a ON a.entity_id = b.id::text
   WHERE NOT (coalesce(a.n, 0) ${expected})`;

const unsealed = (table: string, key: string, column: string) => `
  SELECT ${key} FROM ${table} WHERE ${column} IS NOT NULL
     AND (octet_length(${column}) < 29 OR get_byte(${column}, 0) <> 1)`;

/** What must hold in any database of ours, at any moment. */
export const ALWAYS: Invariant[] = [
  { id: "1a", says: "no two active bookings of a doctor overlap", sql: overlapping("doctor_id") },
  { id: "1b", says: "no two active bookings of a patient overlap", sql: overlapping("patient_id") },
  {
    id: "2a",
    says: "a CONFIRMED booking has one captured payment of its amount, of which only the clinic by hand gave anything back",
    sql: `SELECT b.id FROM bookings b WHERE b.status = 'CONFIRMED' AND 1 <> (
            SELECT count(*) FROM payments p WHERE p.booking_id = b.id
               AND p.captured_at IS NOT NULL AND (p.status = 'SUCCEEDED') = (p.refunded_amount = 0)
               AND p.refunded_amount = coalesce((SELECT sum(r.amount) FROM refunds r
                                                  WHERE r.payment_id = p.id AND r.reason = 'gateway'), 0)
               AND p.amount = b.price_amount AND p.currency = b.currency)`,
  },
  {
    id: "2b",
    says: "a captured, un-refunded payment belongs to a booking that stands, or that its patient cancelled too late",
    sql: `SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
           WHERE p.captured_at IS NOT NULL AND p.refunded_amount = 0
             AND b.status NOT IN ('CONFIRMED', 'COMPLETED', 'NO_SHOW')
             AND NOT (b.status = 'CANCELLED' AND b.cancelled_by = 'patient')`,
  },
  {
    id: "2c",
    says: "no booking was confirmed after its start",
    // A consultation is made by what confirms.
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE c.created_at > b.starts_at`,
  },
  {
    id: "2d",
    says: "nobody was marked as absent before the grace time was over, or while waiting",
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE b.status = 'NO_SHOW' AND (
             c.ended_at < b.starts_at + make_interval(mins => b.no_show_grace_minutes)
             OR c.patient_seen_at >= b.starts_at + make_interval(mins => b.no_show_grace_minutes)
             OR c.patient_seen_at > c.ended_at - interval '119 seconds')`,
  },
  {
    id: "2e",
    says: "no fee is kept for a visit that was due and that its doctor never started",
    sql: `SELECT b.id FROM bookings b JOIN payments p ON p.booking_id = b.id
            JOIN consultations c ON c.booking_id = b.id
           WHERE p.refunded_amount < p.amount AND c.started_at IS NULL AND (
             b.status = 'COMPLETED' OR b.status = 'CANCELLED' AND EXISTS (
               SELECT FROM audit_logs l WHERE l.action = 'booking.cancelled'
                  AND l.entity_id = b.id::text AND l.at > b.starts_at))`,
  },
  {
    id: "3a",
    says: "every ledger transaction sums to zero",
    sql: `SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING sum(amount) <> 0`,
  },
  {
    id: "3b",
    says: "the ledger's gateway balance is what was captured less what went back",
    sql: `SELECT p.id FROM payments p
           WHERE (CASE WHEN p.captured_at IS NULL THEN 0 ELSE p.amount END)
                 - coalesce((SELECT sum(r.amount) FROM refunds r
                              WHERE r.payment_id = p.id AND r.status = 'SUCCEEDED'), 0)
              <> coalesce((SELECT sum(e.amount) FROM ledger_entries e
                            WHERE e.payment_id = p.id AND e.account = 'gateway'), 0)`,
  },
  {
    id: "3c",
    says: "what the ledger owes a patient is the refunds that have not gone back",
    sql: `SELECT p.id FROM payments p
           WHERE coalesce((SELECT sum(r.amount) FROM refunds r
                            WHERE r.payment_id = p.id AND r.status <> 'SUCCEEDED'), 0)
              <> -coalesce((SELECT sum(e.amount) FROM ledger_entries e
                             WHERE e.payment_id = p.id AND e.account = 'patient_receivable'), 0)`,
  },
  {
    id: "3d",
    says: "refunds add up to what the payment says, by hand or not, and never above the capture",
    sql: `SELECT p.id FROM payments p
           WHERE p.refunded_amount > (CASE WHEN p.captured_at IS NULL THEN 0 ELSE p.amount END)
              OR p.refunded_amount <> coalesce((SELECT sum(r.amount) FROM refunds r
                                                 WHERE r.payment_id = p.id), 0)`,
  },
  {
    id: "3f",
    says: "every capture has a receipt, and the numbers of a year have no gap",
    sql: `SELECT p.id::text FROM payments p
           WHERE p.captured_at IS NOT NULL AND NOT EXISTS (SELECT FROM receipts r WHERE r.payment_id = p.id)
          UNION ALL
          SELECT r.year::text FROM receipts r LEFT JOIN receipt_counters c USING (year)
           GROUP BY r.year, c.last
          HAVING count(r.number) <> coalesce(max(r.number), 0)
              OR count(r.number) <> coalesce(c.last, 0)`,
  },
  {
    id: "4a",
    says: "no PENDING booking is older than its hold plus 60 s",
    sql: `SELECT id FROM bookings WHERE status = 'PENDING'
             AND hold_expires_at < app_now() - interval '60 seconds'`,
  },
  {
    id: "4d",
    says: "no hold lasts beyond the start",
    sql: "SELECT id FROM bookings WHERE hold_expires_at > starts_at",
  },
  {
    id: "4b",
    says: "every claimed slot has exactly one booking that occupies it, of the matching state",
    sql: `SELECT s.id FROM availability_slots s WHERE s.status <> 'AVAILABLE' AND 1 <> (
            SELECT count(*) FROM bookings b WHERE b.slot_id = s.id AND b.status IN ${OCCUPYING}
               AND (b.status = 'PENDING') = (s.status = 'HELD'))`,
  },
  {
    id: "4c",
    says: "every booking that occupies a slot stands on a claimed one with its own doctor and times",
    sql: `SELECT b.id FROM bookings b JOIN availability_slots s ON s.id = b.slot_id
           WHERE b.status IN ${OCCUPYING} AND (s.status = 'AVAILABLE' OR s.withdrawn_at IS NOT NULL
              OR s.doctor_id <> b.doctor_id OR s.starts_at <> b.starts_at OR s.ends_at <> b.ends_at)`,
  },
  { id: "5a", says: "one audit entry for each hold", sql: audited("held", "= 1") },
  {
    id: "5b",
    says: "one audit entry for each confirmation",
    sql: audited(
      "confirmed",
      `= CASE WHEN b.status IN ('CONFIRMED', 'COMPLETED', 'NO_SHOW') THEN 1
              WHEN b.status = 'CANCELLED' THEN least(coalesce(a.n, 0), 1) ELSE 0 END`,
    ),
  },
  {
    id: "5c",
    says: "one audit entry for each expiry",
    sql: audited("expired", "= (b.status = 'EXPIRED')::int"),
  },
  {
    id: "5d",
    says: "one audit entry for each cancellation",
    sql: audited("cancelled", "= (b.status = 'CANCELLED')::int"),
  },
  {
    id: "5e",
    says: "one audit entry for each completion",
    sql: audited("completed", "= (b.status = 'COMPLETED')::int"),
  },
  {
    id: "5f",
    says: "one audit entry for each no-show",
    sql: audited("no_show", "= (b.status = 'NO_SHOW')::int"),
  },
  {
    id: "5g",
    says: "one audit entry for each reschedule",
    sql: audited("rescheduled", "= b.version - 1"),
  },
  {
    id: "5h",
    says: "one audit entry for each extension",
    sql: audited("extended", "= b.hold_extensions"),
  },
  {
    id: "5i",
    says: "a consultation is where its booking is",
    sql: `SELECT b.id FROM bookings b LEFT JOIN consultations c ON c.booking_id = b.id
           WHERE NOT CASE b.status
             WHEN 'CONFIRMED' THEN coalesce(c.status IN ('SCHEDULED', 'ACTIVE'), false)
             WHEN 'COMPLETED' THEN coalesce(c.status = 'COMPLETED', false)
             WHEN 'NO_SHOW' THEN coalesce(c.status = 'NO_SHOW', false)
             WHEN 'CANCELLED' THEN coalesce(c.status = 'CANCELLED', true)
             ELSE c.id IS NULL END`,
  },
  {
    id: "6a",
    says: "the audit chains are contiguous and each entry names the hash before it",
    sql: `SELECT id FROM (
            SELECT id, chain, sequence, prev_hash,
                   lag(sequence, 1, 0::bigint) OVER w AS before,
                   lag(hash, 1, sha256('')) OVER w AS before_hash
              FROM audit_logs WINDOW w AS (PARTITION BY chain ORDER BY sequence)) l
           WHERE sequence <> before + 1 OR prev_hash <> before_hash`,
  },
  {
    id: "6b",
    says: "every audit entry's hash recomputes",
    sql: `SELECT l.id FROM audit_logs l WHERE l.hash <> audit_hash(l.*)`,
  },
  {
    id: "6c",
    says: "the heads of the audit chains are their last entries",
    sql: `SELECT h.chain FROM audit_heads h LEFT JOIN LATERAL (
            SELECT sequence, hash FROM audit_logs l WHERE l.chain = h.chain
             ORDER BY sequence DESC LIMIT 1) l ON true
           WHERE h.sequence <> coalesce(l.sequence, 0) OR h.hash <> coalesce(l.hash, sha256(''))`,
  },
  {
    id: "7a",
    says: "one answer per idempotency key",
    sql: `SELECT key FROM idempotency_keys GROUP BY user_id, procedure, key HAVING count(*) > 1`,
  },
  {
    id: "7b",
    says: "one effect per webhook event",
    sql: `SELECT event_id FROM webhook_events GROUP BY provider, event_id HAVING count(*) > 1`,
  },
  {
    id: "7c",
    says: "one capture and one sale per payment",
    // A refund that a bank sent back comes in like a capture, and went out before.
    sql: `SELECT payment_id FROM ledger_entries e GROUP BY payment_id
          HAVING count(*) FILTER (WHERE account = 'revenue') > 1
              OR count(*) FILTER (WHERE account = 'gateway' AND amount > 0) - 1
                 > count(*) FILTER (WHERE account = 'gateway' AND amount < 0)
                   - (SELECT count(*) FROM refunds r
                       WHERE r.payment_id = e.payment_id AND r.status = 'SUCCEEDED')`,
  },
  {
    id: "7d",
    says: "one message per booking, version, kind, channel and person",
    sql: `SELECT booking_id FROM notifications WHERE booking_id IS NOT NULL
           GROUP BY booking_id, version, kind, channel, user_id HAVING count(*) > 1`,
  },
  {
    id: "9",
    says: "nothing waits in the outbox for over two minutes",
    sql: `SELECT id FROM outbox WHERE created_at < app_now() - interval '2 minutes'`,
  },
  ...(
    [
      ["profiles", "user_id", "phone"],
      ["profiles", "user_id", "date_of_birth"],
      ["profiles", "user_id", "gender"],
      ["bookings", "id", "reason"],
      ["bookings", "id", "cancel_reason"],
      ["consultations", "id", "notes"],
      ["prescriptions", "id", "content"],
      ["mailbox_messages", "id", "content"],
    ] as const
  ).map(([table, key, column]) => ({
    id: `10 ${table}.${column}`,
    says: `${table}.${column} holds ciphertext alone`,
    sql: unsealed(table, key, column),
  })),
  {
    id: "12a",
    says: "nobody is signed in whose address is not confirmed",
    sql: `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
           WHERE u.email_verified_at IS NULL AND s.revoked_at IS NULL AND s.expires_at > app_now()`,
  },
  {
    id: "12b",
    says: "where there are admins, one of them has access",
    sql: `SELECT id FROM users WHERE role = 'admin' AND NOT EXISTS (
            SELECT FROM users WHERE role = 'admin' AND status = 'ACTIVE') LIMIT 1`,
  },
  {
    id: "11",
    says: "no session is left idle in a transaction",
    sql: `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
             AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '15 seconds'`,
  },
];

/** What holds as well once every job has run. */
export const DRAINED: Invariant[] = [
  { id: "9d", says: "the outbox is empty", sql: "SELECT id FROM outbox" },
  {
    id: "2f",
    says: "no fee is kept for a visit that is over for half an hour and that nobody started",
    sql: `SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE b.status = 'CONFIRMED' AND c.status = 'SCHEDULED'
             AND b.ends_at < app_now() - interval '30 minutes'`,
  },
  {
    id: "3e",
    says: "no refund is under way",
    sql: "SELECT id FROM refunds WHERE status = 'PENDING'",
  },
  {
    id: "13a",
    says: "nothing that a row owes is late by over ten minutes",
    sql: `SELECT id FROM (
            SELECT id, due_at FROM notifications WHERE status = 'PENDING'
            UNION ALL SELECT id, hold_expires_at FROM bookings WHERE status = 'PENDING'
            UNION ALL SELECT id, retry_at FROM refunds WHERE status = 'FAILED'
            UNION ALL SELECT id, due_at FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')) o
           WHERE due_at < app_now() - interval '10 minutes'`,
  },
  {
    id: "13b",
    says: "what became of a booking is owed to its patient, and its reminders with it",
    sql: `SELECT b.id FROM bookings b
           CROSS JOIN LATERAL (
             SELECT CASE WHEN b.status = 'CONFIRMED' AND b.version > 1 THEN 'rescheduled'
                         ELSE lower(b.status::text) END AS kind
             UNION ALL SELECT 'reminder_1h'
              WHERE b.status = 'CONFIRMED' AND b.starts_at > app_now() + interval '1 hour') k
           WHERE b.status IN ('CONFIRMED', 'EXPIRED', 'CANCELLED') AND NOT EXISTS (
             SELECT FROM notifications n WHERE n.booking_id = b.id AND n.user_id = b.patient_id
                AND n.version = b.version AND n.kind = k.kind
                AND NOT (k.kind = 'reminder_1h' AND n.status = 'VOID'))`,
  },
];
