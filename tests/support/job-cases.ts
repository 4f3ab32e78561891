import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { expect } from "vitest";
import { createEngine, type Engine } from "@/server/job-engine/embedded/engine";
import { sql } from "./database";
import { emitRaw, runsOf } from "./jobs";

/** Something that a function has to do, and how to see whether it did. */
export type Scenario = {
  /** What its event carries, made anew at each sending; nothing for a function of the clock. */
  data?: (sleepMs: number) => Record<string, unknown>;
  /** What it has done by now, counted. */
  effect: () => Promise<unknown>;
  /** The effect, had once. */
  once: unknown;
  /** Takes away the reason to do it; left out where there is nothing that could be taken away. */
  undo?: () => Promise<unknown>;
  /** The effect where the reason was gone. */
  undone?: unknown;
};

/** One of the app's functions with what every test of all functions needs to know of it. */
export type JobCase = {
  fn: InngestFunction.Any;
  /** The event that starts it; nothing for a function of the clock. */
  event?: string;
  prepare: () => Promise<Scenario>;
  /** For one with `cancelOn`: a run that will sleep, and what makes each of those events. */
  sleeping?: () => Promise<{
    data: Record<string, unknown>;
    effect: () => Promise<unknown>;
    ends: Record<string, { happens: () => Promise<unknown>; leaves: unknown }>;
  }>;
};

export const idOf = (fn: InngestFunction.Any) => `amrutam-${fn.id()}`;

/** Cases as a table of tests wants them: each under its function's id. */
export const named = (cases: JobCase[]) => cases.map((one) => [one.fn.id(), one] as const);

/** How a function's runs stand, oldest first. */
export const statusesOf = async ({ fn }: JobCase) => (await runsOf(fn)).map(({ status }) => status);

const SLEEP_MS = 2000;

/**
 * Starts a function: its event goes into the outbox as a change's transaction puts it there, or a
 * tick's run is made. @returns the event's id.
 */
export async function start(
  { fn, event }: JobCase,
  { data }: Scenario,
  sleepMs = SLEEP_MS,
): Promise<string> {
  if (event) return emitRaw(event, data?.(sleepMs) ?? {});
  const id = `tick:${randomUUID()}`;
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ($1, $2, '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
    [idOf(fn), id],
  );
  return id;
}

/** Forgets every run and event. */
export const forgetJobs = () =>
  sql("TRUNCATE job_runs, job_events, job_ticks, outbox CASCADE").then(() => undefined);

/** Drops the events that a test's own preparations made: it sends those that it is about. */
export const dropEvents = () =>
  sql("DELETE FROM outbox WHERE name NOT LIKE 'test/%'").then(() => undefined);

/** Prepares a case's work, and sees that it is not done. */
export async function ready({ prepare }: JobCase): Promise<Scenario> {
  const scenario = await prepare();
  await dropEvents();
  expect(await scenario.effect()).not.toEqual(scenario.once);
  return scenario;
}

const ENDED = ["COMPLETED", "FAILED", "CANCELLED"];

/** Whether a function has runs, and all of them are over. */
export const isOver = async ({ fn }: JobCase) => {
  const runs = await runsOf(fn);
  return runs.length > 0 && runs.every(({ status }) => ENDED.includes(status));
};

/** Engines of one function that tests turn by hand, as so many processes would. */
export const enginesOf = (count: number, fn: InngestFunction.Any): Engine[] =>
  Array.from({ length: count }, () => createEngine([fn], { backoffBaseMs: 5 }));

/** Lets engines look for work at once, again and again, until something holds. */
export async function turn(
  engines: Engine[],
  holds: () => Promise<boolean>,
  boundMs = 20_000,
): Promise<void> {
  const end = Date.now() + boundMs;
  while (true) {
    await Promise.all(engines.map((engine) => engine.pass()));
    if (await holds()) break;
    if (Date.now() > end) throw new Error(`the engine did not get there within ${boundMs} ms`);
    await sleep(10);
  }
  await Promise.all(engines.map((engine) => engine.stop(5000)));
}

/** Leaves a run as a process that died does: under way, its lease over, nobody's. */
export const loseLease = (runId: string) =>
  sql(
    `UPDATE job_runs SET lease_token = gen_random_uuid(),
            leased_until = clock_timestamp() - interval '1 second' WHERE id = $1`,
    [runId],
  );
