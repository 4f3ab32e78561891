import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { startTick } from "@/server/job-engine/embedded/events";
import { sql } from "../../support/database";
import { emitEvent, engine, moveClock, runsOf, until } from "../../support/jobs";

describe("the database's clock decides when", () => {
  test("a sleep ends", async () => {
    const fn = inngest.createFunction(
      { id: "sleeper", triggers: [{ event: "test/sleeper" }] },
      async ({ event, step }) => {
        await step.sleepUntil("until", String(event.data.until));
        await step.sleepUntil("until later", String(event.data.later));
        return "awake";
      },
    );
    const jobs = engine([fn]);
    const first = new Date(Date.now() + 3 * 3_600_000);
    const second = new Date(first.getTime() + 26 * 3_600_000);
    await emitEvent("test/sleeper", { until: first.toISOString(), later: second.toISOString() });
    await until("sleeps", async () => (await runsOf(fn))[0]?.status === "SLEEPING");
    await jobs.drain();
    expect((await runsOf(fn))[0]?.due_at).toEqual(first);

    await moveClock("3 hours 1 second");
    await until("sleeps again", async () => {
      const [run] = await runsOf(fn);
      return run?.status === "SLEEPING" && run.due_at > first;
    });
    expect((await runsOf(fn))[0]?.due_at).toEqual(second);

    await moveClock("30 hours");
    await until("awake", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    await moveClock("0");
  });

  test("a cron function ticks: once for all processes, and once for all missed minutes", async () => {
    await moveClock("0");
    let runs = 0;
    const fn = inngest.createFunction(
      { id: "minutely", triggers: [{ cron: "* * * * *" }] },
      async ({ event, step }) => {
        await step.run("count", () => {
          runs += 1;
        });
        return event.name;
      },
    );
    const engines = [engine([fn]), engine([fn]), engine([fn])];
    await sleep(500);
    await moveClock("1 minute");
    // Moving the clock ends every connection, so each run must have ended before.
    const haveEnded = async (count: number) =>
      (await runsOf(fn)).filter(({ status }) => status === "COMPLETED").length === count;
    await until("the first tick has run", () => haveEnded(1));
    await moveClock("3 hours");
    await until("the second tick has run", () => haveEnded(2));
    await Promise.all(engines.map((jobs) => jobs.drain()));
    expect(runs).toBe(2);
    const rows = await runsOf(fn);
    expect(rows.map(({ output }) => output)).toEqual([
      "inngest/scheduled.timer",
      "inngest/scheduled.timer",
    ]);
    const ticks = await sql("SELECT tick FROM job_ticks WHERE function_id = 'amrutam-minutely'");
    expect(ticks).toHaveLength(2);
    await moveClock("0");
  });

  test("a missed tick runs: once after a time without processes, if the function has ticked before", async () => {
    await moveClock("0");
    const fn = inngest.createFunction(
      { id: "daily", triggers: [{ cron: "0 0 * * *" }] },
      async () => "done",
    );
    const fresh = engine([fn]);
    await fresh.drain();
    await fresh.stop();
    expect(await runsOf(fn)).toEqual([]);

    const old = new Date(Date.now() - 10 * 86_400_000);
    await startTick("amrutam-daily", "-", old, false);
    engine([fn]);
    await until("the missed tick runs", async () => (await runsOf(fn)).length === 2);
    const [tick] = await sql<{ tick: Date }>(
      "SELECT max(tick) AS tick FROM job_ticks WHERE function_id = 'amrutam-daily'",
    );
    expect(tick?.tick.toISOString()).toMatch(/T00:00:00.000Z$/);
  });
});
