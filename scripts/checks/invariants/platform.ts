import type { Invariant } from "./invariant";

export const PLATFORM: Invariant[] = [
  {
    id: "7a",
    title: "one answer per idempotency key",
    sql: `SELECT key FROM idempotency_keys GROUP BY user_id, procedure, key HAVING count(*) > 1`,
  },
  {
    id: "9",
    title: "no event waits in the outbox for more than two minutes",
    sql: `SELECT id FROM outbox WHERE created_at < app_now() - interval '2 minutes'`,
  },
  {
    id: "9d",
    title: "the outbox is empty",
    onlyDrained: true,
    sql: "SELECT id FROM outbox",
  },
  {
    id: "11",
    title: "no session is idle in a transaction",
    sql: `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
             AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '15 seconds'`,
  },
  {
    id: "13a",
    title: "no message, hold, refund or job run is more than ten minutes late",
    onlyDrained: true,
    sql: `SELECT id FROM (
            SELECT id, due_at FROM notifications WHERE status = 'PENDING'
            UNION ALL SELECT id, hold_expires_at FROM bookings WHERE status = 'PENDING'
            UNION ALL SELECT id, retry_at FROM refunds WHERE status = 'FAILED'
            UNION ALL SELECT id, due_at FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')) o
           WHERE due_at < app_now() - interval '10 minutes'`,
  },
];
