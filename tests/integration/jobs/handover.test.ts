import { afterEach, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { handOver } from "@/server/job-engine/handover";
import { relayToEngine } from "@/server/job-engine/relay";
import { sql } from "../../support/database";
import { forgetJobs } from "../../support/job-cases";
import { emitRaw, engine, runsOf, until } from "../../support/jobs";
import { raceOf, valuesOf } from "../../support/race";

/** What sleeps for a day, and what was done before and after. */
const done: string[] = [];
const HOUR = 3_600_000;
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

/** Runs of the embedded engine that sleep, their events' ids in the order in which they were sent. */
async function makeSleepers(count: number, until_: string = inADay()): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push(await emitRaw("test/sleeper", { n, until: until_ }));
  }
  const jobs = engine([sleeper]);
  await until("they sleep", async () => {
    const all = await statuses();
    return all.length === count && all.every((status) => status === "SLEEPING");
  });
  await jobs.stop();
  return ids;
}

test("runs that sleep are given over once, with their events' ids, by however many processes at once", async () => {
  const ids = await makeSleepers(5);

  valuesOf(await raceOf(6, handOver));
  await handOver();

  expect((await outbox()).map(({ id }) => id)).toEqual(ids);
  expect(await outbox()).toMatchObject(ids.map((_, n) => ({ name: "test/sleeper", data: { n } })));
  expect(new Set(await statuses())).toEqual(new Set(["HANDED_OVER"]));
});

test("an event that no run was made for yet is given over as well", async () => {
  const id = await emitRaw("test/sleeper", { n: 1 });
  await relayToEngine();

  await handOver();

  expect(await outbox()).toMatchObject([{ id }]);
  expect(await sql("SELECT FROM job_events")).toEqual([]);
});

test("a run that a process holds is left to it until its lease is over", async () => {
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

test("a tick's run is marked, and no event of it is sent", async () => {
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ('amrutam-sleeper', 'tick:1', '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
  );
  await handOver();
  expect(await outbox()).toEqual([]);
  expect(await statuses()).toEqual(["HANDED_OVER"]);
});

test("what was given over and sent is not run again by the embedded engine", async () => {
  await makeSleepers(2, new Date(Date.now() + 2500).toISOString());
  await handOver();
  await sql("DELETE FROM outbox");

  await sql("UPDATE job_runs SET due_at = now() - interval '1 minute'");
  const jobs = engine([sleeper]);
  await jobs.drain();

  expect(await statuses()).toEqual(["HANDED_OVER", "HANDED_OVER"]);
  expect(done.sort()).toEqual(["before 0", "before 1"]);
});

test("what was given over and never sent goes on in the embedded engine where it was", async () => {
  const [id] = await makeSleepers(1, new Date(Date.now() + 2500).toISOString());
  await handOver();
  expect(await outbox()).toMatchObject([{ id }]);

  const jobs = engine([sleeper]);
  await until("it went on", async () => (await statuses())[0] === "COMPLETED");
  await jobs.drain();

  expect(done).toEqual(["before 0", "after 0"]);
  expect(await outbox()).toEqual([]);
});
