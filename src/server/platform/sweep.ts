import { Prisma } from "@/generated/prisma/client";
import { db } from "./db";
import { logger } from "./logger";

/** One kind of work that rows owe. A job does the work promptly; the sweep does it if the job was lost. */
export type Sweep = {
  name: string;
  everySeconds: number;
  /** A query for all unfinished work of this kind, due or not: one row each, with its `due_at`. */
  owed: Prisma.Sql;
  /** Does the work that is due. Safe to run several times at once. */
  settle: () => Promise<unknown>;
};

/** Work that is due for longer than this has failed or was lost. Admins see it. */
const LATE_MINUTES = 10;

/**
 * Claims the sweeps that are due. Of all processes, the one that advances `next_at` does the sweep. If
 * it crashes, another process does the next one.
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

/** No interval is longer than an hour. A later `next_at` means that the app's clock was moved back. */
const isDue = (sweep: "s" | "w") => {
  const at = Prisma.raw(`${sweep}.next_at`);
  return Prisma.sql`(${at} <= app_now() OR ${at} > app_now() + interval '1 hour')`;
};

/** Does one sweep, and records the work that is still late after it. */
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
  /** Starts the sweeps that are due. A slow sweep does not delay the others. */
  pass: () => Promise<void>;
  /** Resolves when all started sweeps have ended. */
  settled: () => Promise<unknown>;
};

export function createSweeper(sweeps: readonly Sweep[]): Sweeper {
  const running = new Map<string, Promise<void>>();
  return {
    async pass() {
      // A sweep that still runs here is not claimed, so that another process can do the next one.
      const idle = sweeps.filter(({ name }) => !running.has(name));
      if (idle.length === 0) return;
      const due = await claim(idle);
      for (const sweep of idle) {
        const { name } = sweep;
        if (!due.includes(name)) continue;
        const work = run(sweep)
          .catch((err) =>
            logger.warn({ err, sweep: name }, "the result of a sweep could not be saved"),
          )
          .finally(() => running.delete(name));
        running.set(name, work);
      }
    },
    settled: () => Promise.all(running.values()),
  };
}
