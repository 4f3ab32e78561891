import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { rollHorizon } from "@/server/availability/commands/roll";
import { rollSlotHorizon } from "@/server/availability/jobs";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { makeDoctor } from "../support/factories";
import { engine, runsOf, until } from "../support/jobs";

const ZONE = "Asia/Kolkata";
const DOCTORS = 30;
const SLOTS = 4;

/** Runs the job once in an engine and returns its output. */
async function runOnce(): Promise<unknown> {
  await sql("TRUNCATE job_runs, job_events, job_ticks CASCADE");
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ($1, 'test', '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
    [`amrutam-${rollSlotHorizon.id()}`],
  );
  const jobs = engine([rollSlotHorizon]);
  await until("ended", async () => (await runsOf(rollSlotHorizon))[0]?.status === "COMPLETED");
  await jobs.stop();
  return (await runsOf(rollSlotHorizon))[0]?.output;
}

test("the job that rolls the horizon continues after a crash, and creates no slot twice", async () => {
  const today = Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate();
  const { dayOfWeek: weekday } = today.add({ days: 3 });
  const rules = [{ weekday, start: "09:00", end: "11:00", slotMinutes: 30 }];
  for (let n = 0; n < DOCTORS; n++) {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set({ timezone: ZONE, rules, horizonDays: 8 });
  }
  // As if the job had not run for a month.
  await sql("DELETE FROM availability_slots");
  await sql("UPDATE availability_rules SET open_until = open_until - interval '30 days'");

  // The first batch was committed before the process died, but its result was not saved.
  const { slotsCreated } = await rollHorizon();
  expect(slotsCreated).toBe(25 * SLOTS);

  expect(await runOnce()).toBe((DOCTORS - 25) * SLOTS);
  expect(await runOnce()).toBe(0);
  const [row] = await sql<{ slots: number; doctors: number }>(
    `SELECT count(*)::int AS slots, count(DISTINCT doctor_id)::int AS doctors
       FROM availability_slots WHERE from_rules`,
  );
  expect(row).toEqual({ slots: DOCTORS * SLOTS, doctors: DOCTORS });
}, 60_000);
