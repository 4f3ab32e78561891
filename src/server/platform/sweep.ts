import { Prisma } from "@/generated/prisma/client";
import { db } from "./db";
import { logger } from "./logger";

/** Work of one kind that rows owe. What a job is to do promptly, a sweep does should no job do it. */
export type Sweep = {
  name: string;
  everySeconds: number;
  /** A query for all of it, done or not yet due: each row with its `due_at`. */
  owed: Prisma.Sql;
  /** Does what is due. Any number may run at once. */
  settle: () => Promise<unknown>;
};

/** What is owed for longer than this was lost, or cannot be done: an admin is shown it. */
const LATE_MINUTES = 10;

/**
 * Of all processes, the one that moves `next_at` on does the sweep; should it die, another one next
 * time. By the app's clock: one that was moved back must not leave a sweep waiting for the future.
 */
async function claim(sweeps: readonly Sweep[]): Promise<string[]> {
  const list = sweeps.map(({ name, everySeconds }) => ({ name, every: everySeconds }));
  const claimed = await db.$queryRaw<Array<{ name: string }>>`
    INSERT INTO sweeps AS s (name, next_at)
    SELECT d.name, app_now() + make_interval(secs => d.every)
      FROM jsonb_to_recordset(${JSON.stringify(list)}::jsonb) AS d(name text, every float8)
      LEFT JOIN sweeps w ON w.name = d.name
     WHERE w.name IS NULL OR ${isDue("w")}
     ORDER BY d.name
    ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at WHERE ${isDue("s")}
    RETURNING s.name`;
  return claimed.map(({ name }) => name);
}

/** No sweep waits for longer than an hour, so that a time further ahead is one that a clock left behind. */
const isDue = (sweep: "s" | "w") => {
  const at = Prisma.raw(`${sweep}.next_at`);
  return Prisma.sql`(${at} <= app_now() OR ${at} > app_now() + interval '1 hour')`;
};

/** Does one sweep, and notes what is still late after it. */
async function run({ name, owed, settle }: Sweep): Promise<void> {
  let failure: string | null = null;
  try {
    await settle();
  } catch (err) {
    logger.warn({ err, sweep: name }, "owed work could not be done");
    failure = err instanceof Error ? err.name : "unknown";
  }
  const [late] = await db.$queryRaw<Array<{ count: number }>>`
    WITH late AS (
      SELECT count(*)::int AS count, min(due_at) AS since FROM (${owed}) o
       WHERE due_at < app_now() - make_interval(mins => ${LATE_MINUTES}::int))
    UPDATE sweeps SET swept_at = app_now(), late = l.count, late_since = l.since, error = ${failure}
      FROM late l WHERE name = ${name} RETURNING l.count`;
  if (late?.count) logger.warn({ sweep: name, late: late.count }, "owed work is late");
}

/** The sweeps of one process. */
export type Sweeper = {
  /** Begins those that are due; one that takes long holds no other up. */
  pass: () => Promise<void>;
  /** Resolves once those that were begun have ended. */
  settled: () => Promise<unknown>;
};

export function createSweeper(sweeps: readonly Sweep[]): Sweeper {
  const running = new Map<string, Promise<void>>();
  return {
    async pass() {
      // What still runs here is left to another process, should it be due again.
      const idle = sweeps.filter(({ name }) => !running.has(name));
      if (idle.length === 0) return;
      const due = await claim(idle);
      for (const sweep of idle) {
        const { name } = sweep;
        if (!due.includes(name)) continue;
        const work = run(sweep)
          .catch((err) => logger.warn({ err, sweep: name }, "a sweep could not be noted"))
          .finally(() => running.delete(name));
        running.set(name, work);
      }
    },
    settled: () => Promise.all(running.values()),
  };
}
