import { describe, expect, test } from "vitest";
import { sql } from "./database";
import { hooked } from "./hooked";
import {
  enginesOf,
  idOf,
  isOver,
  type JobCase,
  loseLease,
  named,
  ready,
  start,
  statusesOf,
  turn,
} from "./job-cases";
import { emitRaw, runsOf, triesOf } from "./jobs";

/** What another relay does with the same event. */
const ARRIVE =
  "INSERT INTO job_events (id, name, data) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";

/** Tests that an event which is delivered again has no second effect. */
export function testDelivered(cases: JobCase[]): void {
  describe("an event that is delivered again and again starts one run, and has one effect", () => {
    test.each(named(cases.filter(({ event }) => event)))("%s", async (_id, one) => {
      const scenario = await ready(one);
      const id = await start(one, scenario);
      const again = { name: one.event ?? "", data: scenario.data?.(0) ?? {} };
      await turn(enginesOf(3, one.fn), () => isOver(one));
      await Promise.all([
        sql(ARRIVE, [id, again.name, again.data]),
        sql(ARRIVE, [id, again.name, again.data]),
        emitRaw(again.name, again.data, id),
      ]);
      await turn(enginesOf(3, one.fn), () => isOver(one));
      expect(await statusesOf(one)).toEqual(["COMPLETED"]);
      expect(await scenario.effect()).toEqual(scenario.once);

      // So late that nothing of it is remembered: the database's own rules are left.
      await sql("DELETE FROM job_runs WHERE event_id = $1", [id]);
      await sql("DELETE FROM job_events WHERE id = $1", [id]);
      await emitRaw(again.name, again.data, id);
      await turn(enginesOf(3, one.fn), () => isOver(one));
      expect(await statusesOf(one)).toEqual(["COMPLETED"]);
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** Ticks that several processes see. */
export function testTicked(cases: JobCase[]): void {
  describe("a tick that three processes see starts one run, and a later one does nothing twice", () => {
    test.each(named(cases.filter(({ event }) => !event)))("%s", async (_id, one) => {
      const scenario = await ready(one);
      // It ticked before, so its last tick is made up for.
      await sql(
        "INSERT INTO job_ticks (function_id, tick) VALUES ($1, now() - interval '2 days')",
        [idOf(one.fn)],
      );
      await turn(enginesOf(3, one.fn), () => isOver(one));
      // A minute may have passed meanwhile, so there may be two ticks; each has one run.
      const ticks = await sql(
        "SELECT DISTINCT tick FROM job_ticks WHERE function_id = $1 AND tick > now() - interval '1 day'",
        [idOf(one.fn)],
      );
      expect(await runsOf(one.fn)).toHaveLength(ticks.length);
      expect(await scenario.effect()).toEqual(scenario.once);

      await start(one, scenario);
      await turn(enginesOf(3, one.fn), () => isOver(one));
      expect(new Set(await statusesOf(one))).toEqual(new Set(["COMPLETED"]));
      expect(await scenario.effect()).toEqual(scenario.once);
    });
  });
}

/** Processes that die between a step's work and its memory, or right after. */
export function testLost(cases: JobCase[]): void {
  describe("a process that is lost after a step's work, and one after it was remembered, change nothing", () => {
    test.each(named(cases))("%s", async (_id, one) => {
      const scenario = await ready(one);
      const worked = new Map<string, number>();
      const lost: string[] = [];
      const loseOnce = (when: string) => async (step: string, runId: string) => {
        if (when === "after") worked.set(step, (worked.get(step) ?? 0) + 1);
        if (lost.includes(`${step} ${when}`)) return;
        lost.push(`${step} ${when}`);
        await loseLease(runId);
        throw new Error("nobody hears this: the run is another's by now");
      };
      const fn = hooked(one.fn, { after: loseOnce("after"), remembered: loseOnce("remembered") });
      await start(one, scenario);
      await turn(enginesOf(2, fn), () => isOver(one));

      const [run] = await runsOf(one.fn);
      expect(run?.status).toBe("COMPLETED");
      expect(await scenario.effect()).toEqual(scenario.once);
      // A step whose work was lost is worked on twice; one that is remembered never again.
      expect(lost).toHaveLength(2 * worked.size);
      expect([...worked.values()]).toEqual([...worked.values()].map(() => 2));
      const losses = (await triesOf(run?.id ?? "")).filter((text) => text.endsWith("LOST"));
      expect(losses).toHaveLength(lost.length);
    });
  });
}
