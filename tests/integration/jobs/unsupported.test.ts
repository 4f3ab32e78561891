import type { GetStepTools } from "inngest";
import { describe, expect, test } from "vitest";
import { functions } from "@/server/functions";
import { APP_ID, inngest } from "@/server/job-engine/client";
import { createJob } from "@/server/job-engine/create-job";
import { readCatalog } from "@/server/job-engine/embedded/catalog";
import { emitEvent, engine, runsOf, until } from "../../support/jobs";

const triggers = [{ event: "test/x" }];
const nothing = async () => undefined;
type Steps = GetStepTools<typeof inngest>;
type Options = Parameters<typeof inngest.createFunction>[0];

const optionsThat: Record<string, Omit<Options, "id">> = {
  "run in batches": { triggers, batchEvents: { maxSize: 5, timeout: "5s" } },
  "are debounced": { triggers, debounce: { period: "5s" } },
  "are throttled": { triggers, throttle: { limit: 1, period: "5s" } },
  "limit their rate": { triggers, rateLimit: { limit: 1, period: "5s" } },
  "limit concurrency": { triggers, concurrency: 1 },
  "have a priority": { triggers, priority: { run: "1" } },
  "are singletons": { triggers, singleton: { mode: "skip" } },
  "have an idempotency expression": { triggers, idempotency: "event.data.id" },
  "have timeouts": { triggers, timeouts: { finish: "5s" } },
  "start under a condition": { triggers: [{ event: "test/x", if: "event.data.n > 1" }] },
  "start at any event": { triggers: [{ event: "test/*" }] },
  "have no trigger": { triggers: [] },
  "are cancelled under a condition": {
    triggers,
    cancelOn: [{ event: "test/y", if: "async.data.n > 1" }],
  },
  "are cancelled by every event of a name": { triggers, cancelOn: [{ event: "test/y" }] },
  "have a cron in a time zone": { triggers: [{ cron: "TZ=Asia/Kolkata 30 5 * * *" }] },
  "handle their failure in another run": { triggers, onFailure: nothing },
  "are cancelled with a timeout": {
    triggers,
    cancelOn: [{ event: "test/y", match: "data.n", timeout: "1h" }],
  },
  "have a cron with seconds": { triggers: [{ cron: "* * * * * *" }] },
};

describe("the embedded engine refuses to start, naming the function, with functions that", () => {
  test.each(Object.entries(optionsThat))("%s", (_what, options) => {
    const fn = inngest.createFunction({ id: "too-much", ...options }, nothing);
    expect(() => engine([fn])).toThrow('cannot run "too-much"');
  });

  test("share an id", () => {
    const first = inngest.createFunction({ id: "same", triggers }, nothing);
    const second = inngest.createFunction({ id: "same", triggers }, nothing);
    expect(() => engine([first, second])).toThrow('cannot run "same"');
  });
});

/** Runs a job with a step that the types of jobs exclude. @returns the error of its run. */
async function errorOf(id: string, useStep: (step: Steps) => Promise<unknown>) {
  const fn = inngest.createFunction(
    { id, triggers: [{ event: `test/${id}` }], retries: 0 },
    ({ step }) => useStep(step),
  );
  const jobs = engine([fn]);
  await emitEvent(`test/${id}`, {});
  await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
  // An engine that still runs would take the next call's event without having its function.
  await jobs.stop();
  return (await runsOf(fn))[0]?.error?.message;
}

describe("a step that the embedded engine does not offer", () => {
  test("does not compile in a job", () => {
    createJob({ id: "typed", events: ["booking/held"] }, async ({ step }) => {
      // @ts-expect-error: a job may not wait for an event.
      step.waitForEvent;
      // @ts-expect-error: a job may not call another job.
      step.invoke;
      // @ts-expect-error: a job may not sleep for a duration.
      step.sleep;
      // @ts-expect-error: a job writes its events to the outbox.
      step.sendEvent;
    });
  });

  test("fails the run, and the error names the step", async () => {
    const waits = await errorOf("waits", (step) =>
      step.waitForEvent("wait", { event: "test/y", timeout: "1h" }),
    );
    expect(waits).toContain("amrutam-waits uses WaitForEvent");
    const called = inngest.createFunction({ id: "called", triggers }, nothing);
    const calls = await errorOf("calls", (step) =>
      step.invoke("call", { function: called, data: {} }),
    );
    expect(calls).toContain("amrutam-calls uses InvokeFunction");
    const sleeps = await errorOf("sleeps", (step) => step.sleep("for", "1h"));
    expect(sleeps).toContain("amrutam-sleeps uses a sleep without an instant");
    const sends = await errorOf("sends", (step) =>
      step.sendEvent("send", { name: "test/y", data: {} }),
    );
    expect(sends).toContain("write it to the outbox");
  });

  test("fails the run if steps run in parallel, and runs none of them", async () => {
    const calls: string[] = [];
    const message = await errorOf("parallel", (step) =>
      Promise.all([
        step.run("a", () => calls.push("a")),
        step.run("b", () => calls.push("b")),
        step.sleepUntil("c", new Date(Date.now() + 1000)),
      ]),
    );
    expect(message).toContain("amrutam-parallel uses parallel steps");
    expect(calls).toEqual([]);
  });
});

test("the embedded engine can run every function of the app", () => {
  const ids = [...readCatalog(APP_ID, functions).functions.keys()];
  expect(ids).toEqual(expect.arrayContaining(["amrutam-expire-unpaid-booking", "amrutam-remind"]));
  expect(new Set(ids).size).toBe(ids.length);
});
