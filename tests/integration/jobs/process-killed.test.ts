import { expect, test } from "vitest";
import { functions } from "@/server/functions";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { idOf, type JobCase, ready, type Scenario, start } from "../../support/job-cases";
import { engine, triesOf, until } from "../../support/jobs";
import { kill, startWorker } from "../../support/worker";
import { cases } from "./cases/all";

const MINUTE = 60_000;
/** Longer than two processes take to start and to be killed. */
const SLEEP_MS = 10 * MINUTE;

type Started = { one: JobCase; scenario: Scenario; eventId: string };

async function runOf({ one, eventId }: Started) {
  const [run] = await sql<{ id: string; status: string }>(
    "SELECT id, status FROM job_runs WHERE function_id = $1 AND event_id = $2",
    [idOf(one.fn), eventId],
  );
  return run;
}

/** Which functions' runs a process has not brought to a point yet. */
async function missing(started: Started[], point: string): Promise<string[]> {
  const rows = await sql<{ run_id: string }>("SELECT run_id FROM hung WHERE point = $1", [point]);
  const hung = new Set(rows.map(({ run_id: id }) => id));
  const runs = await Promise.all(started.map(runOf));
  return started.flatMap(({ one }, n) => (hung.has(runs[n]?.id ?? "") ? [] : one.fn.id()));
}

test("kill -9 after every function's first work, and again once it is remembered: all end, each effect once", {
  timeout: 5 * MINUTE,
}, async () => {
  await sql("CREATE TABLE hung (run_id uuid, point text)");
  const prepared: Array<Omit<Started, "eventId">> = [];
  for (const one of cases) prepared.push({ one, scenario: await ready(one) });

  const started: Started[] = [];
  for (const point of ["after", "remembered"]) {
    const worker = await startWorker("every-worker.ts", { HANG: point });
    if (started.length === 0) {
      for (const { one, scenario } of prepared) {
        started.push({ one, scenario, eventId: await start(one, scenario, SLEEP_MS) });
      }
    }
    let left: string[] = [];
    const allHang = async () => {
      left = await missing(started, point);
      return left.length === 0;
    };
    await until("every run is stuck", allHang, MINUTE).catch((error) => {
      throw new Error(`${point}: ${left.join()}`, { cause: error });
    });
    await kill(worker);
  }

  const jobs = engine(functions);
  const areOver = async () => {
    // Whatever sleeps has slept enough.
    await sql("UPDATE job_steps SET due_at = now() WHERE status = 'SLEEPING'");
    await sql("UPDATE job_runs SET due_at = now() WHERE status = 'SLEEPING'");
    const runs = await Promise.all(started.map(runOf));
    return runs.every((run) => /COMPLETED|FAILED|CANCELLED/.test(run?.status ?? ""));
  };
  await until("all runs are over", areOver, MINUTE);
  await jobs.drain();

  const report = await Promise.all(
    started.map(async (each) => {
      const run = await runOf(each);
      const lost = (await triesOf(run?.id ?? "")).filter((text) => text.endsWith("LOST"));
      // More than two on a machine so busy that a living process lets a lease run out.
      const deaths = Math.min(2, lost.length);
      return [each.one.fn.id(), run?.status, deaths, await each.scenario.effect()];
    }),
  );
  expect(report).toEqual(
    started.map(({ one, scenario }) => [one.fn.id(), "COMPLETED", 2, scenario.once]),
  );
  await expectInvariants();
});
