import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { expect } from "vitest";
import { createEngine, type Engine } from "@/server/job-engine/embedded/engine";
import { sql } from "./database";
import { emitEvent, runsOf } from "./jobs";

/** Work for a function, and how to observe its effect. */
export type Scenario = {
  /** Makes the data of its event, for each sending; missing for a cron function. */
  data?: (sleepMs: number) => Record<string, unknown>;
  /** Counts what the function has done so far. */
  effect: () => Promise<unknown>;
  /** The effect after one execution. */
  once: unknown;
  /** Removes the reason for the work; missing if that is not possible. */
  undo?: () => Promise<unknown>;
  /** The effect if the reason was removed. */
  undone?: unknown;
};

/** A function of the app, with what the tests of all functions need. */
export type JobCase = {
  fn: InngestFunction.Any;
  /** The event that starts it; missing for a cron function. */
  event?: string;
  prepare: () => Promise<Scenario>;
  /** For a function with `cancelOn`: a run that sleeps, and what causes each cancelling event. */
  sleeping?: () => Promise<{
    data: Record<string, unknown>;
    effect: () => Promise<unknown>;
    ends: Record<string, { happens: () => Promise<unknown>; leaves: unknown }>;
  }>;
};

export const idOf = (fn: InngestFunction.Any) => `amrutam-${fn.id()}`;

/** The cases with their function ids, for `test.each`. */
export const named = (cases: JobCase[]) =>
  cases.map((jobCase) => [jobCase.fn.id(), jobCase] as const);

/** The statuses of a function's runs, oldest first. */
export const statusesOf = async ({ fn }: JobCase) => (await runsOf(fn)).map(({ status }) => status);

const SLEEP_MS = 2000;

/**
 * Starts a function: records its event in the outbox, or makes the run of a cron tick.
 * @returns the event's id.
 */
export async function startJob(
  { fn, event }: JobCase,
  { data }: Scenario,
  sleepMs = SLEEP_MS,
): Promise<string> {
  if (event) return emitEvent(event, data?.(sleepMs) ?? {});
  const id = `tick:${randomUUID()}`;
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ($1, $2, '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
    [idOf(fn), id],
  );
  return id;
}

/** Deletes all runs and events. */
export const forgetJobs = () =>
  sql("TRUNCATE job_runs, job_events, job_ticks, outbox CASCADE").then(() => undefined);

/** Deletes the events of the test's preparations. */
export const dropEvents = () =>
  sql("DELETE FROM outbox WHERE name NOT LIKE 'test/%'").then(() => undefined);

/** Prepares the work of a case and checks that it is not done yet. */
export async function prepareJob({ prepare }: JobCase): Promise<Scenario> {
  const scenario = await prepare();
  await dropEvents();
  expect(await scenario.effect()).not.toEqual(scenario.once);
  return scenario;
}

const ENDED = ["COMPLETED", "FAILED", "CANCELLED"];

/** Whether a function has runs and all have ended. */
export const isOver = async ({ fn }: JobCase) => {
  const runs = await runsOf(fn);
  return runs.length > 0 && runs.every(({ status }) => ENDED.includes(status));
};

/** Makes engines of one function, one for each simulated process. `turn` runs them. */
export const enginesOf = (count: number, fn: InngestFunction.Any): Engine[] =>
  Array.from({ length: count }, () => createEngine([fn], { backoffBaseMs: 5 }));

/** Runs passes of all engines at the same time until a condition holds, then stops them. */
export async function runEngines(
  engines: Engine[],
  holds: () => Promise<boolean>,
  boundMs = 20_000,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (true) {
    await Promise.all(engines.map((engine) => engine.pass()));
    if (await holds()) break;
    if (Date.now() > end) throw new Error(`the condition did not hold within ${boundMs} ms`);
    await sleep(10);
  }
  await Promise.all(engines.map((engine) => engine.stop(5000)));
}

/** Expires the lease of a run, as if its process had ended. */
export const loseLease = (runId: string) =>
  sql(
    `UPDATE job_runs SET lease_token = gen_random_uuid(),
            leased_until = clock_timestamp() - interval '1 second' WHERE id = $1`,
    [runId],
  );
