import { NonRetriableError } from "inngest";
import { describe, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { emitEvent, engine, runsOf, triesOf, until } from "../../support/jobs";

describe("the embedded engine", () => {
  test("runs each step once in order, saves its result and returns the function's output", async () => {
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "in-order", triggers: [{ event: "test/in-order" }] },
      async ({ event, step }) => {
        const first = await step.run("first", () => {
          calls.push("first");
          return { n: Number(event.data.n) + 1 };
        });
        await step.sleepUntil("a moment", new Date(Date.now() + 1000));
        const nothing = await step.run("second", () => {
          calls.push("second");
        });
        return [first.n, nothing];
      },
    );
    const jobs = engine([fn]);
    await emitEvent("test/in-order", { n: 41 });
    await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    const [run] = await runsOf(fn);
    expect(run?.output).toEqual([42, null]);
    expect(calls).toEqual(["first", "second"]);
    expect(await triesOf(run?.id ?? "")).toEqual(["first 0 COMPLETED", "second 0 COMPLETED"]);
    await jobs.drain();
  });

  test("continues after a step that has failed finally, if the function catches the error", async () => {
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "catches", triggers: [{ event: "test/catches" }], retries: 1 },
      async ({ step }) => {
        const caught = await step
          .run("fails", () => {
            calls.push("fails");
            throw new Error("never");
          })
          .catch((error: Error) => error.message);
        return [caught, await step.run("after", () => "done")];
      },
    );
    engine([fn]);
    await emitEvent("test/catches", {});
    await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    const [run] = await runsOf(fn);
    expect(run?.output).toEqual(["never", "done"]);
    expect(calls).toEqual(["fails", "fails"]);
  });

  test("retries a failed step, with a longer wait each time, until it succeeds", async () => {
    const at: number[] = [];
    const fn = inngest.createFunction(
      { id: "flaky", triggers: [{ event: "test/flaky" }] },
      async ({ step, attempt }) => {
        await step.run("before", () => "once");
        return step.run("flaky", () => {
          at.push(performance.now());
          if (at.length < 4) throw new Error(`try ${attempt}`);
          return attempt;
        });
      },
    );
    engine([fn], { backoffBaseMs: 200 });
    await emitEvent("test/flaky", {});
    await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    const [run] = await runsOf(fn);
    expect(run?.output).toBe(3);
    expect(await triesOf(run?.id ?? "")).toEqual([
      "before 0 COMPLETED",
      "flaky 0 FAILED",
      "flaky 1 FAILED",
      "flaky 2 FAILED",
      "flaky 3 COMPLETED",
    ]);
    // The wait doubles, with jitter: at least half of the full wait.
    const [first = 0, second = 0, third = 0, fourth = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(100);
    expect(third - second).toBeGreaterThanOrEqual(200);
    expect(fourth - third).toBeGreaterThanOrEqual(400);
  });

  test("fails a run with the last error when no tries are left", async () => {
    const fn = inngest.createFunction(
      { id: "hopeless", retries: 1, triggers: [{ event: "test/hopeless" }] },
      ({ step }) =>
        step.run("hopeless", () => {
          throw new Error("no way");
        }),
    );
    const jobs = engine([fn]);
    await emitEvent("test/hopeless", {});
    await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
    await jobs.drain();
    const [run] = await runsOf(fn);
    expect(run).toMatchObject({ error: { name: "Error", message: "no way" } });
    expect(await triesOf(run?.id ?? "")).toEqual([
      "hopeless 0 FAILED",
      "hopeless 1 FAILED",
      "- 0 FAILED",
    ]);
  });

  test("does not retry a NonRetriableError", async () => {
    const fn = inngest.createFunction(
      { id: "refused", triggers: [{ event: "test/refused" }] },
      async () => {
        throw new NonRetriableError("retries do not help");
      },
    );
    engine([fn]);
    await emitEvent("test/refused", {});
    await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
    expect(await triesOf((await runsOf(fn))[0]?.id ?? "")).toEqual(["- 0 FAILED"]);
  });
});
