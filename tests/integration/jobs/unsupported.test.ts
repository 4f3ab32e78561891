import { describe, expect, test } from "vitest";
import { functions } from "@/server/functions";
import { APP_ID, inngest } from "@/server/job-engine/client";
import { readCatalog } from "@/server/job-engine/embedded/catalog";
import { emitRaw, engine, runsOf, until } from "../../support/jobs";

const triggers = [{ event: "test/x" }];
const nothing = async () => undefined;
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
  "start at nothing": { triggers: [] },
  "are cancelled under a condition": {
    triggers,
    cancelOn: [{ event: "test/y", if: "async.data.n > 1" }],
  },
  "are cancelled for a while": {
    triggers,
    cancelOn: [{ event: "test/y", match: "data.n", timeout: "1h" }],
  },
  "have a cron with seconds": { triggers: [{ cron: "* * * * * *" }] },
};

describe("the embedded engine refuses at its start, by name, functions that", () => {
  test.each(Object.entries(optionsThat))("%s", (_what, options) => {
    const fn = inngest.createFunction({ id: "too-much", ...options }, nothing);
    expect(() => engine([fn])).toThrow('cannot run "too-much"');
  });

  test("wait for events or call other functions", () => {
    const waits = inngest.createFunction({ id: "waits", triggers }, async ({ step }) => {
      await step.waitForEvent("wait", { event: "test/y", timeout: "1h" });
    });
    expect(() => engine([waits])).toThrow('cannot run "waits": step.waitForEvent');
    const calls = inngest.createFunction({ id: "calls", triggers }, async ({ step }) => {
      await step.invoke("call", { function: waits, data: {} });
    });
    expect(() => engine([calls])).toThrow('cannot run "calls": step.invoke');
  });

  test("share an id", () => {
    const one = inngest.createFunction({ id: "same", triggers }, nothing);
    const two = inngest.createFunction({ id: "same", triggers }, nothing);
    expect(() => engine([one, two])).toThrow('cannot run "same"');
  });
});

test("a step that the start could not see fails its run, by name", async () => {
  const fn = inngest.createFunction(
    { id: "hidden", triggers: [{ event: "test/hidden" }], retries: 0 },
    async ({ step }) => {
      const name = ["wait", "ForEvent"].join("") as "waitForEvent";
      await step[name]("wait", { event: "test/y", timeout: "1h" });
    },
  );
  engine([fn]);
  await emitRaw("test/hidden", {});
  await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
  expect((await runsOf(fn))[0]?.error?.message).toContain("amrutam-hidden uses WaitForEvent");
});

test("every function of the app is one that the engine can run", () => {
  const ids = [...readCatalog(APP_ID, functions).functions.keys()];
  expect(ids).toEqual(expect.arrayContaining(["amrutam-expire-unpaid-booking", "amrutam-remind"]));
  expect(new Set(ids).size).toBe(ids.length);
});
