import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { describe, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { relayToEngine } from "@/server/job-engine/relay";
import { sql } from "../../support/database";
import { emitEvent, emitMany, engine, runsOf, until } from "../../support/jobs";

const HOUR = 3_600_000;
const inAnHour = () => new Date(Date.now() + HOUR).toISOString();

/** A function that waits for an hour unless it is cancelled. */
const waiting = (id: string) =>
  inngest.createFunction(
    {
      id,
      triggers: [{ event: `test/${id}.start` }],
      cancelOn: [{ event: `test/${id}.cancel`, match: "data.of" }],
    },
    async ({ event, step }) => {
      await step.sleepUntil("wait", String(event.data.until));
      await step.run("too late", () => "ran");
    },
  );

/** The status of each run, preceded by the field `of` of its event. */
const statusOf = async (fn: InngestFunction.Any) =>
  (await runsOf(fn)).map(({ event, status }) => `${event.data.of ?? "-"} ${status}`).sort();

describe("cancelOn", () => {
  test("cancels the runs whose field matches, and no others", async () => {
    const fn = waiting("matched");
    const jobs = engine([fn]);
    await emitEvent("test/matched.start", { of: "a", until: inAnHour() });
    await emitEvent("test/matched.start", { of: "b", until: inAnHour() });
    await until("both sleep", async () => (await statusOf(fn)).join() === "a SLEEPING,b SLEEPING");
    await emitEvent("test/matched.cancel", { of: "b" });
    await until("one is cancelled", async () => (await statusOf(fn)).includes("b CANCELLED"));
    await jobs.drain();
    expect(await statusOf(fn)).toEqual(["a SLEEPING", "b CANCELLED"]);
  });

  test("cancels no run for an event without the field", async () => {
    const fn = waiting("unmatched");
    const jobs = engine([fn]);
    await emitEvent("test/unmatched.start", { until: inAnHour() });
    await until("sleeps", async () => (await statusOf(fn)).join() === "- SLEEPING");
    await emitEvent("test/unmatched.cancel", {});
    await until("delivered", async () => (await sql("SELECT 1 FROM outbox")).length === 0);
    await jobs.drain();
    expect(await statusOf(fn)).toEqual(["- SLEEPING"]);
  });

  test("cancels a run whose event is delivered together with the cancelling event, if that event is later", async () => {
    const fn = waiting("together");
    await emitEvent("test/together.cancel", { of: "b" });
    await sleep(10);
    await emitEvent("test/together.start", { of: "a", until: inAnHour() });
    await emitEvent("test/together.start", { of: "b", until: inAnHour() });
    await sleep(10);
    await emitEvent("test/together.cancel", { of: "a" });
    const jobs = engine([fn]);
    await until("cancelled", async () => (await statusOf(fn)).includes("a CANCELLED"));
    await jobs.drain();
    expect(await statusOf(fn)).toEqual(["a CANCELLED", "b SLEEPING"]);
  });

  test("cancels only the earlier run if the same event starts a new run", async () => {
    const fn = inngest.createFunction(
      {
        id: "moved",
        triggers: [{ event: "test/moved" }],
        cancelOn: [{ event: "test/moved", match: "data.of" }],
      },
      async ({ event, step }) => step.sleepUntil("wait", String(event.data.until)),
    );
    const jobs = engine([fn]);
    await emitEvent("test/moved", { of: "a", until: inAnHour() });
    await until("sleeps", async () => (await runsOf(fn))[0]?.status === "SLEEPING");
    await emitEvent("test/moved", { of: "a", until: inAnHour() });
    await until("two", async () => (await runsOf(fn)).length === 2);
    await jobs.drain();
    const [first, second] = await runsOf(fn);
    expect([first?.status, second?.status]).toEqual(["CANCELLED", "SLEEPING"]);
  });
});

describe("delivery", () => {
  test("of one event twice starts one run", async () => {
    const fn = inngest.createFunction(
      { id: "once", triggers: [{ event: "test/once" }] },
      async () => "done",
    );
    const jobs = engine([fn]);
    const id = await emitEvent("test/once", {});
    await until("done", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    await emitEvent("test/once", {}, id);
    await until("delivered", async () => (await sql("SELECT 1 FROM outbox")).length === 0);
    await jobs.drain();
    // The run prevents a second one even if the event's row was deleted.
    await sql("DELETE FROM job_events WHERE id = $1", [id]);
    await emitEvent("test/once", {}, id);
    await until("delivered", async () => (await sql("SELECT 1 FROM outbox")).length === 0);
    await jobs.drain();
    expect((await runsOf(fn)).map((run) => run.event_id)).toEqual([id]);
  });

  test("by four relays at once delivers every row of the outbox exactly once", async () => {
    await emitMany(
      "test/many",
      Array.from({ length: 2000 }, (_, n) => ({ n })),
    );
    const relay = async () => {
      let total = 0;
      for (let count = 1; count > 0; total += count) count = await relayToEngine();
      return total;
    };
    const delivered = await Promise.all([relay(), relay(), relay(), relay()]);
    expect(delivered.reduce((sum, count) => sum + count, 0)).toBe(2000);
    const [left] = await sql("SELECT count(*)::int AS count FROM outbox");
    expect(left).toEqual({ count: 0 });
    const [events] = await sql(
      `SELECT count(*)::int AS count, count(DISTINCT data->>'n')::int AS kinds
         FROM job_events WHERE name = 'test/many'`,
    );
    expect(events).toEqual({ count: 2000, kinds: 2000 });
  });

  test("goes through the outbox only: the client refuses to send an event", async () => {
    const sent = inngest.send({ name: "test/sent", data: {} });
    await expect(sent).rejects.toThrow("write it to the outbox");
  });
});
