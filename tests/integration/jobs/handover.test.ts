import { afterEach, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { handOver } from "@/server/job-engine/handover";
import { relayToEngine } from "@/server/job-engine/relay";
import { sql } from "../../support/database";
import { forgetJobs } from "../../support/job-cases";
import { emitEvent, engine, runsOf, until } from "../../support/jobs";
import { raceOf, valuesOf } from "../../support/race";

const HOUR = 3_600_000;
/** The steps of `sleeper` that have run. */
const done: string[] = [];
const sleeper = inngest.createFunction(
  { id: "sleeper", triggers: [{ event: "test/sleeper" }] },
  async ({ step, event }) => {
    await step.run("before", () => done.push(`before ${event.data.n}`));
    await step.sleepUntil("until", String(event.data.until));
    await step.run("after", () => done.push(`after ${event.data.n}`));
  },
);

afterEach(async () => {
  done.length = 0;
  await forgetJobs();
});

const outbox = () => sql<{ id: string }>("SELECT id, name, data FROM outbox ORDER BY id");
const statuses = async () => (await runsOf(sleeper)).map(({ status }) => status);
const inADay = () => new Date(Date.now() + 24 * HOUR).toISOString();

/** Makes sleeping runs of the embedded engine. @returns the ids of their events, in order. */
async function makeSleepers(count: number, wakesAt: string = inADay()): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push(await emitEvent("test/sleeper", { n, until: wakesAt }));
  }
  const jobs = engine([sleeper]);
  await until("they sleep", async () => {
    const all = await statuses();
    return all.length === count && all.every((status) => status === "SLEEPING");
  });
  await jobs.stop();
  return ids;
}

test("sleeping runs are handed over once, with the ids of their events, although six processes try at once", async () => {
  const ids = await makeSleepers(5);

  valuesOf(await raceOf(6, handOver));
  await handOver();

  expect((await outbox()).map(({ id }) => id)).toEqual(ids);
  expect(await outbox()).toMatchObject(ids.map((_, n) => ({ name: "test/sleeper", data: { n } })));
  expect(new Set(await statuses())).toEqual(new Set(["HANDED_OVER"]));
});

test("an event without a run is handed over as well", async () => {
  const id = await emitEvent("test/sleeper", { n: 1 });
  await relayToEngine();

  await handOver();

  expect(await outbox()).toMatchObject([{ id }]);
  expect(await sql("SELECT FROM job_events")).toEqual([]);
});

test("a leased run is handed over only once its lease has ended", async () => {
  const [id] = await makeSleepers(1);
  await sql(
    `UPDATE job_runs SET status = 'RUNNING', lease_token = gen_random_uuid(),
            leased_until = clock_timestamp() + interval '30 seconds'`,
  );
  await handOver();
  expect(await outbox()).toEqual([]);
  expect(await statuses()).toEqual(["RUNNING"]);

  await sql("UPDATE job_runs SET leased_until = clock_timestamp() - interval '1 second'");
  await handOver();

  expect(await outbox()).toMatchObject([{ id }]);
  expect(await statuses()).toEqual(["HANDED_OVER"]);
});

test("the run of a tick is marked as handed over, and no event is sent for it", async () => {
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ('amrutam-sleeper', 'tick:1', '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
  );
  await handOver();
  expect(await outbox()).toEqual([]);
  expect(await statuses()).toEqual(["HANDED_OVER"]);
});

test("the embedded engine does not continue a run whose event was handed over and sent", async () => {
  await makeSleepers(2, new Date(Date.now() + 2500).toISOString());
  await handOver();
  await sql("DELETE FROM outbox");

  await sql("UPDATE job_runs SET due_at = now() - interval '1 minute'");
  const jobs = engine([sleeper]);
  await jobs.drain();

  expect(await statuses()).toEqual(["HANDED_OVER", "HANDED_OVER"]);
  expect(done.sort()).toEqual(["before 0", "before 1"]);
});

test("the embedded engine continues a run that was handed over but never sent", async () => {
  const [id] = await makeSleepers(1, new Date(Date.now() + 2500).toISOString());
  await handOver();
  expect(await outbox()).toMatchObject([{ id }]);

  const jobs = engine([sleeper]);
  await until("the run completes", async () => (await statuses())[0] === "COMPLETED");
  await jobs.drain();

  expect(done).toEqual(["before 0", "after 0"]);
  expect(await outbox()).toEqual([]);
});
