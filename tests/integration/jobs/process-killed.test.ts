import { expect, test } from "vitest";
import { functions } from "@/server/functions";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { idOf, type JobCase, prepareJob, type Scenario, startJob } from "../../support/job-cases";
import { engine, triesOf, until } from "../../support/jobs";
import { kill, startWorker } from "../../support/worker";
import { cases } from "./cases/all";

const MINUTE = 60_000;
/** Longer than it takes to start and to kill two processes. */
const SLEEP_MS = 10 * MINUTE;

type Started = { jobCase: JobCase; scenario: Scenario; eventId: string };

async function runOf({ jobCase, eventId }: Started) {
  const [run] = await sql<{ id: string; status: string }>(
    "SELECT id, status FROM job_runs WHERE function_id = $1 AND event_id = $2",
    [idOf(jobCase.fn), eventId],
  );
  return run;
}

/** The functions whose runs have not reached a point yet. */
async function missing(started: Started[], point: string): Promise<string[]> {
  const rows = await sql<{ run_id: string }>("SELECT run_id FROM hung WHERE point = $1", [point]);
  const hung = new Set(rows.map(({ run_id: id }) => id));
  const runs = await Promise.all(started.map(runOf));
  return started.flatMap(({ jobCase }, n) => (hung.has(runs[n]?.id ?? "") ? [] : jobCase.fn.id()));
}

test("every function completes, with its effect once, although the process is killed after the work of the first step and again after saving its result", {
  timeout: 5 * MINUTE,
}, async () => {
  await sql("CREATE TABLE hung (run_id uuid, point text)");
  const prepared: Array<Omit<Started, "eventId">> = [];
  for (const jobCase of cases) prepared.push({ jobCase, scenario: await prepareJob(jobCase) });

  const started: Started[] = [];
  for (const point of ["after", "remembered"]) {
    const worker = await startWorker("every-worker.ts", { HANG: point });
    if (started.length === 0) {
      for (const { jobCase, scenario } of prepared) {
        started.push({ jobCase, scenario, eventId: await startJob(jobCase, scenario, SLEEP_MS) });
      }
    }
    let left: string[] = [];
    const allHang = async () => {
      left = await missing(started, point);
      return left.length === 0;
    };
    await until("every run hangs", allHang, MINUTE).catch((error) => {
      throw new Error(`${point}: ${left.join()}`, { cause: error });
    });
    await kill(worker);
  }

  const jobs = engine(functions);
  const haveEnded = async () => {
    // End every sleep.
    await sql("UPDATE job_steps SET due_at = now() WHERE status = 'SLEEPING'");
    await sql("UPDATE job_runs SET due_at = now() WHERE status = 'SLEEPING'");
    const runs = await Promise.all(started.map(runOf));
    return runs.every((run) => /COMPLETED|FAILED|CANCELLED/.test(run?.status ?? ""));
  };
  await until("all runs have ended", haveEnded, MINUTE);
  await jobs.drain();

  const report = await Promise.all(
    started.map(async (entry) => {
      const run = await runOf(entry);
      const lost = (await triesOf(run?.id ?? "")).filter((text) => text.endsWith("LOST"));
      // On a busy machine a living process can lose a lease as well, so there may be more than two.
      const deaths = Math.min(2, lost.length);
      return [entry.jobCase.fn.id(), run?.status, deaths, await entry.scenario.effect()];
    }),
  );
  expect(report).toEqual(
    started.map(({ jobCase, scenario }) => [jobCase.fn.id(), "COMPLETED", 2, scenario.once]),
  );
  await expectInvariants();
});
