import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import { moveClock, startApp, type Targets } from "./faults";
import { MINUTE } from "./operations";

/** Far more than the work takes, even on a busy machine. */
const LIMIT_MS = 30 * 60_000;
/** Six hours of the moved clock. Work that is open after them stays open. */
const MOST_MOVES = 60;
const WAIT_MS = 5 * 60_000;
/** Time for the jobs to notice that the clock moved. */
const NOTICE_MS = 2000;
const IDLE_CHECK_MS = 2000;
const IDLE_CHECKS = 20;

type Open = Record<
  "holds" | "missed" | "refunds" | "outbox" | "events" | "runs" | "charges" | "messages",
  number
>;

/** Work that jobs and sweeps must still finish. Runs that sleep until a visit do not count. */
const OPEN = `
  SELECT (SELECT count(*)::int FROM bookings WHERE status = 'PENDING') AS holds,
         (SELECT count(*)::int FROM bookings b JOIN consultations c ON c.booking_id = b.id
           WHERE b.status = 'CONFIRMED' AND c.status = 'SCHEDULED'
             AND b.ends_at < $1::timestamptz - interval '15 minutes') AS missed,
         (SELECT count(*)::int FROM refunds WHERE status = 'PENDING') AS refunds,
         (SELECT count(*)::int FROM outbox) AS outbox,
         (SELECT count(*)::int FROM job_events WHERE delivered_at IS NULL) AS events,
         (SELECT count(*)::int FROM job_runs WHERE status IN ('QUEUED', 'RUNNING')) AS runs,
         (SELECT count(*)::int FROM sandbox_charges c JOIN payments p ON p.id = c.payment_id
           WHERE c.status = 'SUCCEEDED' AND p.captured_at IS NULL) AS charges,
         (SELECT count(*)::int FROM notifications WHERE status = 'PENDING' AND due_at <= $1) AS messages`;

/** Whether there is work that needs no further move of the clock. */
const READY = `
  SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM job_events WHERE delivered_at IS NULL)
      OR EXISTS (SELECT FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')
                    AND due_at <= $1)
      OR EXISTS (SELECT FROM notifications WHERE status = 'PENDING'
                    AND (leased_until > clock_timestamp()
                         OR due_at < $1::timestamptz - interval '3 minutes')) AS ready`;

/** Ends all faults and lets the jobs finish, while the clock moves beyond the end of every hold. */
export async function drain(targets: Targets): Promise<void> {
  const { apps, store, recorder } = targets;
  await Promise.all(
    apps.map((app) => (app.isUp ? app.order("runJobs", 1) : startApp(app).catch(() => undefined))),
  );
  const start = Date.now();
  let open: Open | undefined;
  for (let n = 0; n < MOST_MOVES && Date.now() - start < LIMIT_MS; n++) {
    await finishReadyWork(store);
    [open] = await store.sql<Open>(OPEN, [store.now()]);
    if (open && Object.values(open).every((count) => count === 0)) {
      recorder.count("seconds to drain", Math.round((Date.now() - start) / 1000));
      return;
    }
    await moveClock(targets, 6 * MINUTE);
    await sleep(NOTICE_MS);
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  recorder.recordViolation(`not drained in ${seconds} s: ${JSON.stringify(open)}`);
}

/** Waits until no work is ready: moving the clock ends every session, and so would interrupt the work. */
async function finishReadyWork(store: Targets["store"]): Promise<void> {
  for (const start = Date.now(); Date.now() - start < WAIT_MS; await sleep(500)) {
    const [row] = await store.sql<{ ready: boolean }>(READY, [store.now()]);
    if (!row?.ready) return;
  }
}

/** Checks that no connection stays in a transaction, and that the pools have no waiting callers. */
export async function checkConnections({ apps, store, recorder }: Targets, poolMax: number) {
  for (let n = 0; ; n++) {
    await sleep(IDLE_CHECK_MS);
    const problems = [...(await busySessions(store)), ...(await busyPools(apps, poolMax))];
    if (problems.length === 0) return;
    if (n < IDLE_CHECKS) continue;
    for (const problem of problems) recorder.recordViolation(problem);
    return;
  }
}

type Session = { state: string; seconds: number; query: string };

async function busySessions(store: Targets["store"]): Promise<string[]> {
  const rows = await store.sql<Session>(
    `SELECT state, extract(epoch FROM now() - xact_start)::int AS seconds, query
       FROM pg_stat_activity WHERE application_name = 'amrutam'
        AND (state LIKE 'idle in transaction%' OR xact_start < now() - interval '5 seconds')`,
  );
  return rows.map(({ state, seconds, query }) => `a session is ${state}, ${seconds} s: ${query}`);
}

type Pool = { total: number; idle: number; waiting: number };

async function busyPools(apps: readonly App[], poolMax: number): Promise<string[]> {
  const pools = await Promise.all(
    apps.map(async (app) => ({ app, pool: (await app.order("countConnections")) as Pool })),
  );
  return pools.flatMap(({ app, pool }) =>
    // Jobs look for work all the time and use one or two connections.
    pool && pool.waiting === 0 && pool.total <= poolMax && pool.total - pool.idle <= 2
      ? []
      : `the pool of app ${app.name} is busy: ${JSON.stringify(pool)}`,
  );
}
