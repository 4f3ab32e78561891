import { NonRetriableError } from "inngest";
import { describe, expect, test } from "vitest";
import { inngest } from "@/server/job-engine/client";
import { emitRaw, engine, runsOf, triesOf, until } from "../../support/jobs";

describe("the embedded engine runs functions", () => {
  test("step by step: each once, its result remembered, the last given back", async () => {
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "in-order", triggers: [{ event: "test/in-order" }] },
      async ({ event, step }) => {
        const first = await step.run("first", () => {
          calls.push("first");
          return { n: Number(event.data.n) + 1 };
        });
        await step.sleep("a moment", "1s");
        const nothing = await step.run("second", () => {
          calls.push("second");
        });
        return [first.n, nothing];
      },
    );
    const jobs = engine([fn]);
    await emitRaw("test/in-order", { n: 41 });
    await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    const [run] = await runsOf(fn);
    expect(run?.output).toEqual([42, null]);
    expect(calls).toEqual(["first", "second"]);
    expect(await triesOf(run?.id ?? "")).toEqual(["first 0 COMPLETED", "second 0 COMPLETED"]);
    await jobs.drain();
  });

  test("side by side: parallel steps each once, a caught failure among them", async () => {
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "side-by-side", triggers: [{ event: "test/side-by-side" }], retries: 1 },
      async ({ step }) => {
        const results = await Promise.all([
          step.run("a", () => calls.push("a") && "A"),
          step.sleep("b", "1s").then(() => "B"),
          step
            .run("c", () => {
              calls.push("c");
              throw new Error("never");
            })
            .catch((error: Error) => error.message),
        ]);
        return results.concat(await step.run("after", () => "D"));
      },
    );
    engine([fn]);
    await emitRaw("test/side-by-side", {});
    await until("completed", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
    const [run] = await runsOf(fn);
    expect(run?.output).toEqual(["A", "B", "never", "D"]);
    expect(calls.sort()).toEqual(["a", "c", "c"]);
  });

  test("again after a failure, later each time, until it works", async () => {
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
    await emitRaw("test/flaky", {});
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
    // Doubling with jitter: half of the full wait at least.
    const [first = 0, second = 0, third = 0, fourth = 0] = at;
    expect(second - first).toBeGreaterThanOrEqual(100);
    expect(third - second).toBeGreaterThanOrEqual(200);
    expect(fourth - third).toBeGreaterThanOrEqual(400);
  });

  test("onFailure once, with the error and the event, when the tries are used up", async () => {
    const told: unknown[] = [];
    const fn = inngest.createFunction(
      {
        id: "hopeless",
        retries: 1,
        triggers: [{ event: "test/hopeless" }],
        onFailure: async ({ error, event, step }) => {
          await step.run("tell", () => told.push([error.message, event.data.event.data.of]));
        },
      },
      ({ step }) =>
        step.run("hopeless", () => {
          throw new Error("no way");
        }),
    );
    const jobs = engine([fn]);
    await emitRaw("test/hopeless", { of: "mine" });
    await until("told", async () => (await runsOf(fn, "-failure"))[0]?.status === "COMPLETED");
    await jobs.drain();
    const [run] = await runsOf(fn);
    expect(run).toMatchObject({ status: "FAILED", error: { name: "Error", message: "no way" } });
    expect(await triesOf(run?.id ?? "")).toEqual([
      "hopeless 0 FAILED",
      "hopeless 1 FAILED",
      "- 0 FAILED",
    ]);
    expect(told).toEqual([["no way", "mine"]]);
  });

  test("not again where the function says that it is of no use", async () => {
    const fn = inngest.createFunction(
      { id: "refused", triggers: [{ event: "test/refused" }] },
      async () => {
        throw new NonRetriableError("of no use");
      },
    );
    engine([fn]);
    await emitRaw("test/refused", {});
    await until("failed", async () => (await runsOf(fn))[0]?.status === "FAILED");
    expect(await triesOf((await runsOf(fn))[0]?.id ?? "")).toEqual(["- 0 FAILED"]);
  });

  test("sendEvent reaches other functions, once even if its step is repeated", async () => {
    const received: unknown[] = [];
    let tries = 0;
    const sender = inngest.createFunction(
      { id: "sender", triggers: [{ event: "test/send" }] },
      async ({ step }) => {
        await step.sendEvent("tell", { name: "test/sent", data: { n: 1 } });
        await step.run("send and fail", async () => {
          await inngest.send({ name: "test/sent", data: { n: 2 } });
          tries += 1;
          if (tries === 1) throw new Error("after the send");
        });
      },
    );
    const receiver = inngest.createFunction(
      { id: "receiver", triggers: [{ event: "test/sent" }] },
      async ({ event, step }) => {
        await step.run("receive", () => received.push(event.data.n));
      },
    );
    const jobs = engine([sender, receiver]);
    await emitRaw("test/send", {});
    await until("sent", async () => (await runsOf(sender))[0]?.status === "COMPLETED");
    await until("received", () => received.length >= 2);
    await jobs.drain();
    expect(tries).toBe(2);
    expect(received.sort()).toEqual([1, 2]);
  });
});
