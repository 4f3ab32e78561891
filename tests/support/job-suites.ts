import { afterEach, describe, expect, test } from "vitest";
import { hooked } from "./hooked";
import { expectInvariants } from "./invariants";
import {
  dropEvents,
  enginesOf,
  forgetJobs,
  isOver,
  type JobCase,
  named,
  ready,
  start,
  statusesOf,
  turn,
} from "./job-cases";
import { emitRaw } from "./jobs";

/** After each test of a function: no run is left, and no invariant is broken. */
export function cleanUp(): void {
  afterEach(async () => {
    await forgetJobs();
    await expectInvariants();
  });
}

/** The name of an event, however it was written down. */
export const nameOf = (event: unknown) =>
  typeof event === "string" ? event : String((event as { name: string }).name);

/** Failures of steps, before and after their work. */
export function testRetries(cases: JobCase[]): void {
  describe("a step that fails before its work and again after it is tried until it is done, once", () => {
    test.each(named(cases))("%s", async (_id, one) => {
      const scenario = await ready(one);
      const failed: string[] = [];
      const failOnce = (when: string) => (step: string) => {
        if (failed.includes(`${step} ${when}`)) return;
        failed.push(`${step} ${when}`);
        throw new Error(`${when} the work`);
      };
      const fn = hooked(one.fn, { before: failOnce("before"), after: failOnce("after") });
      await start(one, scenario);
      await turn(enginesOf(1, fn), () => isOver(one));
      // One that is not tried again has its next tick.
      while ((await statusesOf(one)).at(-1) === "FAILED" && one.fn.opts.retries === 0) {
        await start(one, scenario);
        await turn(enginesOf(1, fn), () => isOver(one));
      }

      expect((await statusesOf(one)).at(-1)).toBe("COMPLETED");
      const steps = new Set(failed.map((text) => text.split(" ")[0]));
      expect(steps.size).toBeGreaterThan(0);
      expect(failed).toHaveLength(2 * steps.size);
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** What a person or another process did meanwhile. */
export function testUndone(cases: JobCase[]): void {
  describe("what was undone meanwhile is left alone", () => {
    test.each(named(cases))("%s", async (_id, one) => {
      const scenario = await ready(one);
      if (!scenario.undo) {
        // Named here, so that nobody leaves it out by mistake.
        expect(one.fn.id()).toBe("checkpoint-audit");
        return;
      }
      await scenario.undo();
      // The event that would have cancelled the run is lost, or too late.
      await dropEvents();

      await start(one, scenario);
      await turn(enginesOf(1, one.fn), () => isOver(one));

      expect(new Set(await statusesOf(one))).toEqual(new Set(["COMPLETED"]));
      expect(await scenario.effect()).toEqual(scenario.undone);
    });
  });
}

/** Events that end a run. */
export function testCancelled(cases: JobCase[]): void {
  const cancellable = cases.flatMap((one) =>
    (one.fn.opts.cancelOn ?? []).map(({ event }) => [one.fn.id(), nameOf(event), one] as const),
  );

  describe("a sleeping run is cancelled", () => {
    test.each(cancellable)("%s by %s", async (_id, by, one) => {
      const work = await one.sleeping?.();
      if (!work || !one.event) throw new Error(`${one.fn.id()} has no sleeping run`);
      await dropEvents();
      await emitRaw(one.event, work.data);
      const sleeps = async () => (await statusesOf(one)).join() === "SLEEPING";
      await turn(enginesOf(1, one.fn), sleeps);

      await work.ends[by]?.happens();
      await turn(enginesOf(1, one.fn), async () => (await statusesOf(one))[0] === "CANCELLED");

      expect(await work.effect()).toEqual(work.ends[by]?.leaves);
    });
  });
}
