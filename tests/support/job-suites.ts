import { afterEach, describe, expect, test } from "vitest";
import { sql } from "./database";
import { expectInvariants } from "./invariants";
import {
  dropEvents,
  enginesOf,
  forgetJobs,
  idOf,
  isOver,
  type JobCase,
  loseLease,
  named,
  prepareJob,
  runEngines,
  startJob,
  statusesOf,
} from "./job-cases";
import { emitEvent, runsOf, triesOf } from "./jobs";
import { withStepHooks } from "./step-hooks";

/** Deletes all runs after each test and checks the invariants. */
export function cleanUp(): void {
  afterEach(async () => {
    await forgetJobs();
    await expectInvariants();
  });
}

/** The name of an event, given as a name or as an object. */
export const nameOf = (event: unknown) =>
  typeof event === "string" ? event : String((event as { name: string }).name);

/** Steps that fail before or after their work. */
export function testRetries(cases: JobCase[]): void {
  describe("a step that fails before and after its work is retried and has one effect", () => {
    test.each(named(cases))("%s", async (_id, jobCase) => {
      const scenario = await prepareJob(jobCase);
      const failed: string[] = [];
      const failOnce = (when: string) => (step: string) => {
        if (failed.includes(`${step} ${when}`)) return;
        failed.push(`${step} ${when}`);
        throw new Error(`${when} the work`);
      };
      const fn = withStepHooks(jobCase.fn, {
        before: failOnce("before"),
        after: failOnce("after"),
      });
      await startJob(jobCase, scenario);
      await runEngines(enginesOf(1, fn), () => isOver(jobCase));
      // A function without retries runs again at its next tick.
      while ((await statusesOf(jobCase)).at(-1) === "FAILED" && jobCase.fn.opts.retries === 0) {
        await startJob(jobCase, scenario);
        await runEngines(enginesOf(1, fn), () => isOver(jobCase));
      }

      expect((await statusesOf(jobCase)).at(-1)).toBe("COMPLETED");
      const steps = new Set(failed.map((text) => text.split(" ")[0]));
      expect(steps.size).toBeGreaterThan(0);
      expect(failed).toHaveLength(2 * steps.size);
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** Work whose reason was removed meanwhile. */
export function testUndone(cases: JobCase[]): void {
  describe("a function does nothing if its reason was removed meanwhile", () => {
    test.each(named(cases))("%s", async (_id, jobCase) => {
      const scenario = await prepareJob(jobCase);
      if (!scenario.undo) {
        // The only function without `undo`. The check prevents an omission by mistake.
        expect(jobCase.fn.id()).toBe("checkpoint-audit");
        return;
      }
      await scenario.undo();
      // The cancelling event is lost.
      await dropEvents();

      await startJob(jobCase, scenario);
      await runEngines(enginesOf(1, jobCase.fn), () => isOver(jobCase));

      expect(new Set(await statusesOf(jobCase))).toEqual(new Set(["COMPLETED"]));
      expect(await scenario.effect()).toEqual(scenario.undone);
    });
  });
}

/** Events that cancel a run. */
export function testCancelled(cases: JobCase[]): void {
  const cancellable = cases.flatMap((jobCase) =>
    (jobCase.fn.opts.cancelOn ?? []).map(
      ({ event }) => [jobCase.fn.id(), nameOf(event), jobCase] as const,
    ),
  );

  describe("a sleeping run is cancelled", () => {
    test.each(cancellable)("%s by %s", async (_id, by, jobCase) => {
      const work = await jobCase.sleeping?.();
      if (!work || !jobCase.event) throw new Error(`${jobCase.fn.id()} has no sleeping run`);
      await dropEvents();
      await emitEvent(jobCase.event, work.data);
      const sleeps = async () => (await statusesOf(jobCase)).join() === "SLEEPING";
      await runEngines(enginesOf(1, jobCase.fn), sleeps);

      await work.ends[by]?.happens();
      await runEngines(
        enginesOf(1, jobCase.fn),
        async () => (await statusesOf(jobCase))[0] === "CANCELLED",
      );

      expect(await work.effect()).toEqual(work.ends[by]?.leaves);
    });
  });
}

/** What another relay does with the same event. */
const ARRIVE =
  "INSERT INTO job_events (id, name, data) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

/** Tests that an event which is delivered again has no second effect. */
export function testDelivered(cases: JobCase[]): void {
  describe("an event that is delivered several times starts one run and has one effect", () => {
    test.each(named(cases.filter(({ event }) => event)))("%s", async (_id, jobCase) => {
      const scenario = await prepareJob(jobCase);
      const id = await startJob(jobCase, scenario);
      const again = { name: jobCase.event ?? "", data: scenario.data?.(0) ?? {} };
      await runEngines(enginesOf(3, jobCase.fn), () => isOver(jobCase));
      await Promise.all([
        sql(ARRIVE, [id, again.name, again.data]),
        sql(ARRIVE, [id, again.name, again.data]),
        emitEvent(again.name, again.data, id),
      ]);
      await runEngines(enginesOf(3, jobCase.fn), () => isOver(jobCase));
      expect(await statusesOf(jobCase)).toEqual(["COMPLETED"]);
      expect(await scenario.effect()).toEqual(scenario.once);

      // Long after: the run and the event are deleted, and only constraints of the database prevent a repetition.
      await sql("DELETE FROM job_runs WHERE event_id = $1", [id]);
      await sql("DELETE FROM job_events WHERE id = $1", [id]);
      await emitEvent(again.name, again.data, id);
      await runEngines(enginesOf(3, jobCase.fn), () => isOver(jobCase));
      expect(await statusesOf(jobCase)).toEqual(["COMPLETED"]);
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** Cron ticks that several processes see. */
export function testTicked(cases: JobCase[]): void {
  describe("a tick that three processes see starts one run, and a later tick repeats nothing", () => {
    test.each(named(cases.filter(({ event }) => !event)))("%s", async (_id, jobCase) => {
      const scenario = await prepareJob(jobCase);
      // An earlier tick exists, so the engine catches up on the last one.
      await sql(
        "INSERT INTO job_ticks (function_id, tick) VALUES ($1, now() - interval '2 days')",
        [idOf(jobCase.fn)],
      );
      await runEngines(enginesOf(3, jobCase.fn), () => isOver(jobCase));
      // If a minute has passed meanwhile, there are two ticks. Each has one run.
      const ticks = await sql(
        "SELECT DISTINCT tick FROM job_ticks WHERE function_id = $1 AND tick > now() - interval '1 day'",
        [idOf(jobCase.fn)],
      );
      expect(await runsOf(jobCase.fn)).toHaveLength(ticks.length);
      expect(await scenario.effect()).toEqual(scenario.once);

      await startJob(jobCase, scenario);
      await runEngines(enginesOf(3, jobCase.fn), () => isOver(jobCase));
      expect(new Set(await statusesOf(jobCase))).toEqual(new Set(["COMPLETED"]));
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** Processes that end before or after the result of a step is saved. */
export function testLost(cases: JobCase[]): void {
  describe("a process that ends before or after the result of a step is saved does not change the effect", () => {
    test.each(named(cases))("%s", async (_id, jobCase) => {
      const scenario = await prepareJob(jobCase);
      const worked = new Map<string, number>();
      const lost: string[] = [];
      const loseOnce = (when: string) => async (step: string, runId: string) => {
        if (when === "after") worked.set(step, (worked.get(step) ?? 0) + 1);
        if (lost.includes(`${step} ${when}`)) return;
        lost.push(`${step} ${when}`);
        await loseLease(runId);
        throw new Error("ignored: another process has the run now");
      };
      const fn = withStepHooks(jobCase.fn, {
        after: loseOnce("after"),
        remembered: loseOnce("remembered"),
      });
      await startJob(jobCase, scenario);
      await runEngines(enginesOf(2, fn), () => isOver(jobCase));

      const [run] = await runsOf(jobCase.fn);
      expect(run?.status).toBe("COMPLETED");
      expect(await scenario.effect()).toEqual(scenario.once);
      // A step runs again only if its result was lost before it was saved.
      expect(lost).toHaveLength(2 * worked.size);
      expect([...worked.values()]).toEqual([...worked.values()].map(() => 2));
      const losses = (await triesOf(run?.id ?? "")).filter((text) => text.endsWith("LOST"));
      expect(losses).toHaveLength(lost.length);
    });
  });
}
