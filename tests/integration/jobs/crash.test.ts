import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { sql } from "../../support/database";
import { emitEvent, emitMany, engine, runsOf, triesOf, until } from "../../support/jobs";
import { kill, startWorker as startProcess } from "../../support/worker";
import { logged } from "./fixtures/logged";

const startWorker = (leaseSeconds: number) =>
  startProcess("worker.ts", { LEASE_SECONDS: String(leaseSeconds) });

beforeAll(() =>
  sql("CREATE TABLE step_log (event_id text, step text, at timestamptz DEFAULT now())"),
);
beforeEach(() => sql("TRUNCATE step_log, job_runs CASCADE"));

const log = () =>
  sql<{ event_id: string; step: string; count: number }>(
    "SELECT event_id, step, count(*)::int AS count FROM step_log GROUP BY 1, 2 ORDER BY min(at)",
  );

test("after a kill inside a step, another process continues the run once the lease ends, and repeats only that step", async () => {
  const worker = await startWorker(2);
  const id = await emitEvent("test/logged", { ms: 700 });
  await until("in the second step", async () => (await log()).length === 2);
  await kill(worker);

  const jobs = engine([logged]);
  const [left] = await runsOf(logged);
  expect(left).toMatchObject({ status: "RUNNING", event_id: id });
  // No process claims the run while the dead process still holds its lease.
  while ((left?.leased_until?.getTime() ?? 0) > Date.now() + 100) {
    expect((await runsOf(logged))[0]?.lost).toBe(0);
    await sleep(50);
  }
  await until("completed", async () => (await runsOf(logged))[0]?.status === "COMPLETED");
  await jobs.drain();
  expect((await log()).map(({ step, count }) => `${step} ${count}`)).toEqual([
    "one 1",
    "two 2",
    "three 1",
  ]);
  expect(await triesOf(left?.id ?? "")).toEqual([
    "one 0 COMPLETED",
    "- 0 LOST",
    "two 0 COMPLETED",
    "three 0 COMPLETED",
  ]);
});

test("two processes share the runs, and each step runs exactly once", {
  timeout: 150_000,
}, async () => {
  await Promise.all([startWorker(30), startWorker(30)]);
  await emitMany("test/logged", Array(30).fill({ ms: 5 }));
  await until(
    "all completed",
    async () => {
      const runs = await runsOf(logged);
      return runs.length === 30 && runs.every(({ status }) => status === "COMPLETED");
    },
    100_000,
  );
  const rows = await log();
  expect(rows).toHaveLength(90);
  expect(rows.filter(({ count }) => count !== 1)).toEqual([]);
});

test("after repeated kills at any moment, all runs complete, and few steps are repeated", {
  timeout: 150_000,
}, async () => {
  const EVENTS = 24;
  const KILLS = 4;
  let workers: ChildProcess[] = await Promise.all([startWorker(1), startWorker(1)]);
  for (let round = 0; round < KILLS; round++) {
    await emitMany("test/logged", Array(EVENTS / KILLS).fill({ ms: 40 }));
    await sleep(200 + 150 * round);
    const [victim, survivor] = workers;
    if (victim) await kill(victim);
    workers = [...(survivor ? [survivor] : []), await startWorker(1)];
  }
  await until(
    "all completed",
    async () => {
      const runs = await runsOf(logged);
      return runs.length === EVENTS && runs.every(({ status }) => status === "COMPLETED");
    },
    60_000,
  );
  const rows = await log();
  expect(rows).toHaveLength(3 * EVENTS);
  const repeated = rows.reduce((sum, { count }) => sum + count - 1, 0);
  // A process executes three runs at once, and a kill can lose one step of each.
  expect(repeated).toBeLessThanOrEqual(3 * KILLS);
  expect(await sql("SELECT 1 FROM outbox")).toEqual([]);
});
