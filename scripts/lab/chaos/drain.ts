import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import { moveClock, startApp, type Victims } from "./faults";
import { MINUTE } from "./operations";

/** Far more than all of it takes, even on a machine that is busy with other things. */
const LIMIT_MS = 30 * 60_000;
/** Six hours of the clock: what is open after them stays open. */
const MOST_MOVES = 60;
const WAIT_MS = 5 * 60_000;
/** For the jobs to notice that the clock has moved. */
const NOTICE_MS = 2000;
const CALM_MS = 2000;
const CALM_TRIES = 20;

type Open = Record<
  "holds" | "missed" | "refunds" | "outbox" | "events" | "runs" | "charges" | "messages",
  number
>;

/** What jobs and sweeps still have to bring to an end. Runs that sleep until a visit are no such thing. */
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

/** What they can do at this moment, without the clock moving any further. */
const READY = `
  SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM job_events WHERE delivered_at IS NULL)
      OR EXISTS (SELECT FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')
                    AND due_at <= $1)
      OR EXISTS (SELECT FROM notifications WHERE status = 'PENDING'
                    AND (leased_until > clock_timestamp()
                         OR due_at < $1::timestamptz - interval '3 minutes')) AS ready`;

/** Ends all faults, then lets the jobs finish while the clock walks past every hold. */
export async function drain(victims: Victims): Promise<void> {
  const { apps, store, recorder } = victims;
  await Promise.all(
    apps.map((app) => (app.isUp ? app.order("runJobs", 1) : startApp(app).catch(() => undefined))),
  );
  const start = Date.now();
  let open: Open | undefined;
  for (let n = 0; n < MOST_MOVES && Date.now() - start < LIMIT_MS; n++) {
    await workOff(store);
    [open] = await store.sql<Open>(OPEN, [store.now()]);
    if (open && Object.values(open).every((count) => count === 0)) {
      recorder.count("seconds to drain", Math.round((Date.now() - start) / 1000));
      return;
    }
    await moveClock(victims, 6 * MINUTE);
    await sleep(NOTICE_MS);
  }
  const seconds = Math.round((Date.now() - start) / 1000);
  recorder.violate(`not drained in ${seconds} s: ${JSON.stringify(open)}`);
}

/** Waits for what is ready. A move ends every session, so one in the midst of work would undo it. */
async function workOff(store: Victims["store"]): Promise<void> {
  for (const start = Date.now(); Date.now() - start < WAIT_MS; await sleep(500)) {
    const [row] = await store.sql<{ ready: boolean }>(READY, [store.now()]);
    if (!row?.ready) return;
  }
}

/** Connections after the storm: none in a transaction, none waited for, all of the pool's own. */
export async function checkConnections({ apps, store, recorder }: Victims, poolMax: number) {
  for (let n = 0; ; n++) {
    await sleep(CALM_MS);
    const troubles = [...(await busySessions(store)), ...(await busyPools(apps, poolMax))];
    if (troubles.length === 0) return;
    if (n < CALM_TRIES) continue;
    for (const trouble of troubles) recorder.violate(trouble);
    return;
  }
}

type Session = { state: string; seconds: number; query: string };

async function busySessions(store: Victims["store"]): Promise<string[]> {
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
    // Jobs look for work all the time, on one connection or two.
    pool && pool.waiting === 0 && pool.total <= poolMax && pool.total - pool.idle <= 2
      ? []
      : `the pool of app ${app.name} is not at rest: ${JSON.stringify(pool)}`,
  );
}
