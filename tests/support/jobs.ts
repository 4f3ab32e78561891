import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import pg from "pg";
import { afterEach } from "vitest";
import type { Prisma } from "@/generated/prisma/client";
import { type Jobs, startJobs } from "@/server/job-engine";
import type { EngineOptions } from "@/server/job-engine/embedded/engine";
import { db } from "@/server/platform/db";
import { uuidv7 } from "@/server/platform/ids";
import { APP_LOGIN } from "../../scripts/launcher/logins";
import { sql } from "./database";

const started = new Set<Jobs>();

afterEach(async () => {
  const engines = [...started];
  started.clear();
  await Promise.all(engines.map((jobs) => jobs.stop()));
});

/** Starts an engine with short retry delays. It is stopped after the test. */
export function engine(
  functions: readonly InngestFunction.Any[],
  options: EngineOptions = {},
): Jobs {
  const jobs = startJobs(functions, { backoffBaseMs: 10, ...options });
  started.add(jobs);
  return jobs;
}

/** Records an event in the outbox. @returns its id. */
export async function emitEvent(name: string, data: Record<string, unknown>, id = uuidv7()) {
  await db.outboxEvent.create({ data: { id, name, data: data as Prisma.InputJsonObject } });
  return id;
}

/** Records several events with the same name. */
export const emitMany = (name: string, events: Prisma.InputJsonObject[]) =>
  db.outboxEvent.createMany({ data: events.map((data) => ({ name, data })) });

export type RunRow = {
  id: string;
  function_id: string;
  event_id: string;
  event: { data: Record<string, unknown> };
  status: string;
  attempt: number;
  lost: number;
  output: unknown;
  error: { name: string; message: string } | null;
  due_at: Date;
  leased_until: Date | null;
};

/** The runs of a function, oldest first. */
export const runsOf = (fn: InngestFunction.Any, suffix = "") =>
  sql<RunRow>("SELECT * FROM job_runs WHERE function_id = $1 ORDER BY id", [
    `amrutam-${fn.id()}${suffix}`,
  ]);

/** The attempts of a run, as `step attempt outcome`. */
export async function triesOf(runId: string): Promise<string[]> {
  const rows = await sql<{ text: string }>(
    `SELECT concat_ws(' ', coalesce(step_name, '-'), attempt, outcome) AS text
       FROM job_attempts WHERE run_id = $1 ORDER BY id`,
    [runId],
  );
  return rows.map(({ text }) => text);
}

/** Waits until a condition holds. @throws with `what` after `boundMs`. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  boundMs = 15_000,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${boundMs} ms: ${what}`);
    await sleep(25);
  }
}

/** Moves the database's clock. Terminates the app's sessions, because a session reads the setting when it starts. */
export async function moveClock(offset: string): Promise<void> {
  const [{ name } = { name: "" }] = await sql<{ name: string }>(
    "SELECT current_database() AS name",
  );
  await sql(
    `ALTER DATABASE ${pg.escapeIdentifier(name)} SET amrutam.clock_offset = ${pg.escapeLiteral(offset)}`,
  );
  await sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = '${APP_LOGIN}'`,
  );
  // The pool notices each lost connection at its next use. Use all of them before the test goes on.
  await until("the pool has new connections", async () => {
    const asked = Array.from({ length: 10 }, () => db.$queryRaw`SELECT 1`);
    return (await Promise.allSettled(asked)).every(({ status }) => status === "fulfilled");
  });
}
