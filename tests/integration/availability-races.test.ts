import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { rollHorizon } from "@/server/availability/commands/roll";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql } from "../support/database";
import { type DoctorPerson, makeDoctor, makePatient, makePatients } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { race, raceOf, tally, valuesOf } from "../support/race";

const ZONE = "Asia/Kolkata";
const weekday = Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate().add({ days: 3 }).dayOfWeek;
const open = {
  timezone: ZONE,
  rules: [{ weekday, start: "09:00", end: "11:00", slotMinutes: 30 }],
  horizonDays: 8,
};
const closed = { ...open, rules: [] };

const slotsOf = ({ doctorId }: DoctorPerson) =>
  sql<{ id: string; starts_at: Date; ends_at: Date; status: string; closing: boolean }>(
    `SELECT id, starts_at, ends_at, status, closing FROM availability_slots
      WHERE doctor_id = $1 AND withdrawn_at IS NULL ORDER BY starts_at`,
    [doctorId],
  );

const reasonOf = (error: unknown) =>
  String((error as { cause?: { reason?: string } }).cause?.reason ?? error);

test("new hours that withdraw a held slot: the hold is refused or reported as a conflict, 100 rounds", async () => {
  const doctor = await makeDoctor();
  const patients = await makePatients(100);
  const ends: string[] = [];
  for (const patient of patients) {
    await callerAs(doctor).availability.set(open);
    const [slot] = await slotsOf(doctor);
    const [change, booking] = await race<{ conflicts?: string[]; id?: string }>([
      () => callerAs(doctor).availability.set(closed),
      () => holdAs(patient, slot?.id ?? ""),
    ]);
    if (!change?.ok) throw change?.error;
    const slots = await slotsOf(doctor);
    if (booking?.ok) {
      // The hold succeeded: the slot stays, and the new hours report the conflict.
      ends.push(change.value.conflicts?.length === 1 ? "held, a conflict" : "held, not reported");
      expect(slots).toMatchObject([{ id: slot?.id, status: "HELD", closing: true }]);
      await letHoldRunOut(booking.value.id ?? "");
      await expireHolds("any");
    } else {
      ends.push(reasonOf(booking?.error));
      expect(slots).toEqual([]);
    }
    expect(await slotsOf(doctor)).toEqual([]);
  }
  const lost = await sql(
    `SELECT b.id FROM bookings b LEFT JOIN availability_slots s ON s.id = b.slot_id
      WHERE b.status IN ('PENDING', 'CONFIRMED') AND (s.id IS NULL OR s.withdrawn_at IS NOT NULL)`,
  );
  expect(lost).toEqual([]);
  const { SLOT_WITHDRAWN: tooLate = 0, "held, a conflict": inTime = 0 } = tally(ends, (end) => end);
  expect({ ends, of: tooLate + inTime }).toMatchObject({ of: 100 });
  await expectInvariants();
}, 120_000);

test("ten concurrent changes of one doctor's hours end with the result of one of them", async () => {
  const doctor = await makeDoctor();
  const starts = ["09:00", "10:00"];
  const outcomes = await raceOf(10, (n) =>
    callerAs(doctor).availability.set({
      ...open,
      rules: [{ weekday, start: starts[n % 2] ?? "", end: "12:00", slotMinutes: 60 }],
    }),
  );
  valuesOf(outcomes);
  const { rules } = await callerAs(doctor).availability.get();
  expect(await slotsOf(doctor)).toHaveLength(rules[0]?.start === "09:00" ? 3 : 2);
});

test("of two devices that read the same version, one saves and the other is refused: 20 rounds", async () => {
  const doctor = await makeDoctor();
  for (let version = 0; version < 20; version++) {
    const dayOff = [{ date: "2199-01-01", closed: true as const }];
    const outcomes = await race([
      () => callerAs(doctor).availability.set({ ...open, version, horizonDays: 9 }),
      () => callerAs(doctor).availability.set({ ...open, version, exceptions: dayOff }),
    ]);
    const ends = tally(outcomes, (end) => (end.ok ? "saved" : reasonOf(end.error)));
    expect(ends).toEqual({ saved: 1, STALE_VERSION: 1 });
    const [first, second] = outcomes;
    const stored = await callerAs(doctor).availability.get();
    expect(stored.version).toBe(version + 1);
    expect([stored.horizonDays, stored.exceptions]).toEqual(first?.ok ? [9, []] : [8, dayOff]);
    const refused = (first?.ok ? second : first) as { error: { cause: { data: unknown } } };
    expect(refused.error.cause.data).toEqual({ current: stored });
  }
});

describe("rolling the horizon", () => {
  /** Rolls the horizon of all doctors batch by batch, as the job does. Returns the number of new slots. */
  async function roll(): Promise<number> {
    let slotsCreated = 0;
    for (let after: string | null = null; ; ) {
      const batch: Awaited<ReturnType<typeof rollHorizon>> = await rollHorizon(after);
      slotsCreated += batch.slotsCreated;
      if (batch.last === null) return slotsCreated;
      after = batch.last;
    }
  }

  /** Moves the end of the doctor's horizon back by so many days, and deletes the slots after it. */
  async function setBack({ doctorId }: DoctorPerson, days: number) {
    await sql(
      `UPDATE availability_rules SET open_until = open_until - make_interval(days => $2) WHERE doctor_id = $1`,
      [doctorId, days],
    );
    await sql(
      `DELETE FROM availability_slots s USING availability_rules r
        WHERE s.doctor_id = $1 AND r.doctor_id = $1 AND s.starts_at >= r.open_until`,
      [doctorId],
    );
  }

  test("creates the slots of the days that have come into the horizon, once", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set({ ...open, horizonDays: 14 });
    const all = await slotsOf(doctor);
    expect(all).toHaveLength(8);
    await setBack(doctor, 7);
    expect(await slotsOf(doctor)).toHaveLength(4);

    expect(await roll()).toBe(4);
    expect(await roll()).toBe(0);
    const times = (rows: typeof all) => rows.map((row) => [row.starts_at, row.ends_at]);
    expect(times(await slotsOf(doctor))).toEqual(times(all));
  });

  test("creates all missing slots if the job has not run for longer than the horizon", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(open);
    await setBack(doctor, 30);
    expect(await slotsOf(doctor)).toEqual([]);
    expect(await roll()).toBe(4);
  });

  test("does not create slots again that the doctor withdrew, and does not change the others", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(open);
    const [first, second, ...others] = await slotsOf(doctor);
    await callerAs(doctor).availability.withdrawSlot({ slotId: first?.id ?? "" });
    await holdAs(await makePatient(), second?.id ?? "");
    await sql("UPDATE availability_rules SET open_until = now() WHERE doctor_id = $1", [
      doctor.doctorId,
    ]);
    expect(await roll()).toBe(0);
    expect(await slotsOf(doctor)).toEqual([{ ...second, status: "HELD" }, ...others]);
  });

  test("creates no slot twice when several processes run it at the same time", async () => {
    const doctors: DoctorPerson[] = [];
    for (let n = 0; n < 30; n++) {
      const doctor = await makeDoctor();
      await callerAs(doctor).availability.set(open);
      await setBack(doctor, 30);
      doctors.push(doctor);
    }
    const rolled = valuesOf(await raceOf(4, () => roll()));
    // A process skips the doctors that another process has locked; the other process creates their slots.
    await roll();
    for (const doctor of doctors) expect(await slotsOf(doctor)).toHaveLength(4);
    expect(rolled.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(120);
  });

  test("creates no slots for a doctor who is not approved", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(open);
    await setBack(doctor, 30);
    await sql("UPDATE doctors SET status = 'REJECTED' WHERE id = $1", [doctor.doctorId]);
    expect(await roll()).toBe(0);
  });
});
