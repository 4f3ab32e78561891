import { randomUUID } from "node:crypto";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { forgetWithdrawn } from "@/server/availability/commands/roll";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, rowCounts, sql } from "../support/database";
import { type DoctorPerson, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { errorOf, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";

const ZONE = "Asia/Kolkata";

/** A date of the doctor's zone, far enough from today and from the horizon's end to be whole. */
const day = (ahead: number) =>
  Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate().add({ days: ahead });
const D3 = day(3);

/** One weekday's morning of half-hour slots: eight within eight days, sixteen within fourteen. */
const morning = { weekday: D3.dayOfWeek, start: "09:00", end: "13:00", slotMinutes: 30 };
const hours = { timezone: ZONE, rules: [morning], horizonDays: 8 };

const set = (doctor: DoctorPerson, input: object, key?: string) =>
  callerAs(doctor, key).availability.set({ ...hours, ...input });

type SlotRow = { id: string; starts_at: Date; status: string; from_rules: boolean };

/** What stands, earliest first. */
const standing = ({ doctorId }: DoctorPerson) =>
  sql<SlotRow>(
    `SELECT id, starts_at, status, from_rules FROM availability_slots
      WHERE doctor_id = $1 AND withdrawn_at IS NULL ORDER BY starts_at`,
    [doctorId],
  );

/** "09:30" on the doctor's wall. */
const localTimes = (rows: Array<{ starts_at: Date }>) =>
  rows.map(({ starts_at: at }) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime())
      .toZonedDateTimeISO(ZONE)
      .toPlainTime()
      .toString()
      .slice(0, 5),
  );

/** A doctor with the morning's eight slots. */
async function makeWorking(input: object = {}) {
  const doctor = await makeDoctor();
  await set(doctor, input);
  return { doctor, slots: await standing(doctor) };
}

const idAt = (slots: SlotRow[], index: number) => slots[index]?.id ?? "";

describe("the hours of a doctor, over REST", () => {
  const api = useHost("route handlers");

  test("are an empty week at first, and afterwards what was set", async () => {
    const doctor = await makeDoctor();
    const before = await api.get("/doctor/availability", doctor);
    expect(before.body).toEqual({
      doctorId: doctor.doctorId,
      version: 0,
      timezone: ZONE,
      rules: [],
      exceptions: [],
      minimumNoticeMinutes: 0,
      horizonDays: 30,
      slotsCreated: 0,
      slotsRemoved: 0,
      conflicts: [],
      conflictingBookings: [],
    });

    const full = {
      timezone: "Europe/London",
      rules: [{ ...morning, bufferMinutes: 5 }],
      exceptions: [
        { date: day(5).toString(), closed: true },
        { date: day(4).toString(), start: "18:00", end: "20:00", slotMinutes: 60 },
      ],
      minimumNoticeMinutes: 90,
      horizonDays: 8,
    };
    const put = await api.write("PUT", "/doctor/availability", full, doctor);
    expect(put.body).toMatchObject({ ...full, doctorId: doctor.doctorId, slotsCreated: 9 });
    const after = await api.get("/doctor/availability", doctor);
    expect(after.body).toMatchObject({ ...full, slotsCreated: 0, slotsRemoved: 0, conflicts: [] });
    const page = await api.get(`/doctors/${doctor.doctorId}`);
    expect(page.body).toMatchObject({ timezone: "Europe/London" });
  });

  test("are refused with issues that say where and why, and nothing is written", async () => {
    const doctor = await makeDoctor();
    const counts = await rowCounts();
    const rules = [morning, { ...morning, start: "12:00", end: "11:00" }];
    const answer = await api.write("PUT", "/doctor/availability", { ...hours, rules }, doctor);
    expect(labelOf(answer)).toBe("400 INVALID_INPUT");
    expect(answer.body).toMatchObject({
      issues: [{ path: ["rules", 1], message: "the end must be after the start" }],
    });
    expect(await rowCounts()).toEqual(counts);
  });

  test("are the doctor's own: nobody else reads or sets any", async () => {
    const patient = await makePatient();
    for (const [who, label] of [
      [null, "401 NOT_SIGNED_IN"],
      [patient, "403 ROLE_REQUIRED"],
    ] as const) {
      expect(labelOf(await api.get("/doctor/availability", who))).toBe(label);
      expect(labelOf(await api.write("PUT", "/doctor/availability", hours, who))).toBe(label);
    }
    const doctor = await makeDoctor();
    const keyless = await api.write("PUT", "/doctor/availability", hours, doctor, { key: null });
    expect(errorOf(keyless).data.reason).toBe("IDEMPOTENCY_KEY_REQUIRED");
  });

  test("one key is one change: a repeat gets the first answer, another body a mismatch", async () => {
    const doctor = await makeDoctor();
    const key = randomUUID();
    const first = await api.write("PUT", "/doctor/availability", hours, doctor, { key });
    const ids = (await standing(doctor)).map(({ id }) => id);
    const again = await api.write("PUT", "/doctor/availability", hours, doctor, { key });
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await standing(doctor)).map(({ id }) => id)).toEqual(ids);
    const other = { ...hours, horizonDays: 9 };
    const mismatch = await api.write("PUT", "/doctor/availability", other, doctor, { key });
    expect(labelOf(mismatch)).toBe("422 IDEMPOTENCY_MISMATCH");
    expect(
      await sql("SELECT FROM audit_logs WHERE entity_id = $1 AND action = 'availability.updated'", [
        doctor.doctorId,
      ]),
    ).toHaveLength(1);
  });
});

describe("new hours", () => {
  test("make slots at the doctor's local times, told apart from those made by hand", async () => {
    const { doctor, slots } = await makeWorking();
    expect(localTimes(slots)).toEqual([
      ...["09:00", "09:30", "10:00", "10:30"],
      ...["11:00", "11:30", "12:00", "12:30"],
    ]);
    expect(slots.every((slot) => slot.from_rules && slot.status === "AVAILABLE")).toBe(true);
    await makeSlot(doctor);
    const byHand = (await standing(doctor)).filter((slot) => !slot.from_rules);
    expect(byHand).toHaveLength(1);
  });

  test("set again change nothing and keep every slot's id", async () => {
    const { doctor, slots } = await makeWorking();
    const answer = await set(doctor, {});
    expect(answer).toMatchObject({ slotsCreated: 0, slotsRemoved: 0, conflicts: [] });
    expect(await standing(doctor)).toEqual(slots);
  });

  test("take back what no longer fits and keep what still does", async () => {
    const { doctor, slots } = await makeWorking();
    const answer = await set(doctor, { rules: [{ ...morning, start: "11:00", end: "14:00" }] });
    expect(answer).toMatchObject({ slotsCreated: 2, slotsRemoved: 4 });
    const now = await standing(doctor);
    expect(now.slice(0, 4)).toEqual(slots.slice(4));
    expect(localTimes(now)).toEqual(["11:00", "11:30", "12:00", "12:30", "13:00", "13:30"]);
  });

  test("leave slots made by hand alone, and make none across them", async () => {
    const doctor = await makeDoctor();
    const at = D3.toZonedDateTime({ timeZone: ZONE, plainTime: "09:45" });
    const byHand = await makeSlot(doctor, new Date(at.epochMilliseconds), 30);
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 6 });
    expect(await set(doctor, { rules: [] })).toMatchObject({ slotsRemoved: 6 });
    expect((await standing(doctor)).map(({ id }) => id)).toEqual([byHand.id]);
  });

  test("a day off takes back slots made by hand as well", async () => {
    const { doctor } = await makeWorking();
    const at = D3.toZonedDateTime({ timeZone: ZONE, plainTime: "20:00" });
    await makeSlot(doctor, new Date(at.epochMilliseconds));
    const exceptions = [{ date: D3.toString(), closed: true }];
    expect(await set(doctor, { exceptions })).toMatchObject({ slotsCreated: 0, slotsRemoved: 9 });
    expect(await standing(doctor)).toEqual([]);
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 8, slotsRemoved: 0 });
  });

  test("a slot that the doctor took back by hand stays closed", async () => {
    const { doctor, slots } = await makeWorking();
    await callerAs(doctor).availability.withdrawSlot({ slotId: idAt(slots, 2) });
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 0, slotsRemoved: 0 });
    const finer = [{ ...morning, slotMinutes: 15 }];
    await set(doctor, { rules: finer });
    expect(localTimes(await standing(doctor))).not.toContain("10:00");
    expect(localTimes(await standing(doctor))).not.toContain("10:15");
    const at = D3.toZonedDateTime({ timeZone: ZONE, plainTime: "10:00" });
    await callerAs(doctor).availability.createSlot({
      startsAt: at.toInstant().toString(),
      endsAt: at.add({ minutes: 30 }).toInstant().toString(),
    });
    expect(localTimes(await standing(doctor))).toContain("10:00");
  });

  test("a shorter horizon takes back what lies beyond it", async () => {
    const { doctor } = await makeWorking({ horizonDays: 14 });
    expect(await standing(doctor)).toHaveLength(16);
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 0, slotsRemoved: 8 });
  });

  test("a preview says what would change and changes nothing", async () => {
    const { doctor } = await makeWorking();
    const counts = await rowCounts();
    const before = await standing(doctor);
    const input = { ...hours, rules: [{ ...morning, end: "10:00" }] };
    const preview = await callerAs(doctor).availability.preview(input);
    expect(preview).toMatchObject({ slotsCreated: 0, slotsRemoved: 6 });
    expect(await standing(doctor)).toEqual(before);
    expect(await rowCounts()).toEqual(counts);
    expect(await callerAs(doctor).availability.get()).toMatchObject({ rules: [morning] });
    expect(preview.version).toBe(1);
    expect(await set(doctor, input)).toEqual({ ...preview, version: 2 });
  });
});

describe("bookings outside of new hours", () => {
  test("stay, are named as conflicts, and fit again when the hours do", async () => {
    const { doctor, slots } = await makeWorking();
    const first = await holdAs(await makePatient(), idAt(slots, 0));
    const last = await holdAs(await makePatient(), idAt(slots, 7));
    const answer = await set(doctor, { rules: [{ ...morning, start: "11:00" }] });
    expect(answer).toMatchObject({ slotsRemoved: 3, conflicts: [first.id] });
    expect(answer.conflictingBookings).toEqual([
      { id: first.id, startsAt: first.startsAt, endsAt: first.endsAt },
    ]);
    expect((await standing(doctor)).filter(({ status }) => status === "HELD")).toHaveLength(2);
    const { conflicts } = await callerAs(doctor).availability.get();
    expect(conflicts).toEqual([first.id]);

    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 3, conflicts: [] });
    expect(await set(doctor, { rules: [] })).toMatchObject({ conflicts: [first.id, last.id] });
    await expectInvariants();
  });

  test("beyond a shorter horizon fit as long as the hours do", async () => {
    const { doctor } = await makeWorking({ horizonDays: 14 });
    const slots = await standing(doctor);
    await holdAs(await makePatient(), idAt(slots, 15));
    expect(await set(doctor, {})).toMatchObject({ slotsRemoved: 7, conflicts: [] });
    expect(await standing(doctor)).toHaveLength(9);
  });

  test("let go of their slot for good, however they end", async () => {
    const { doctor, slots } = await makeWorking();
    const booking = await holdAs(await makePatient(), idAt(slots, 0));
    await set(doctor, { rules: [{ ...morning, start: "11:00" }] });
    await letHoldRunOut(booking.id);
    expect(await expireHolds({ bookingId: booking.id })).toBe(1);

    expect(localTimes(await standing(doctor))).not.toContain("09:00");
    await expect(holdAs(await makePatient(), idAt(slots, 0))).rejects.toThrow("SLOT_WITHDRAWN");
    expect(await callerAs(doctor).availability.get()).toMatchObject({ conflicts: [] });
    // It was closed by the hours and not by hand, so the hours may open it again.
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 4 });
    await expectInvariants();
  });

  test("a slot that once was booked is kept as withdrawn for its booking; the others go after a day", async () => {
    const { doctor, slots } = await makeWorking();
    const booking = await holdAs(await makePatient(), idAt(slots, 0));
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    expect(await set(doctor, { rules: [] })).toMatchObject({ slotsRemoved: 8, conflicts: [] });
    await sql(
      `UPDATE availability_slots SET withdrawn_at = now() - interval '25 hours'
        WHERE withdrawn_at IS NOT NULL AND doctor_id = $1`,
      [doctor.doctorId],
    );
    expect(await forgetWithdrawn()).toBe(7);
    const rows = await sql<{ id: string }>(
      "SELECT id FROM availability_slots WHERE doctor_id = $1 AND withdrawn_at IS NOT NULL",
      [doctor.doctorId],
    );
    expect(rows).toEqual([{ id: idAt(slots, 0) }]);
    expect(await set(doctor, {})).toMatchObject({ slotsCreated: 8 });
  });
});

describe("the notice that a doctor asks for", () => {
  test("closes slots that start sooner: not listed, not next, not to be had", async () => {
    const doctor = await makeDoctor();
    const soon = await makeSlot(doctor, new Date(Date.now() + 30 * 60_000), 15);
    const later = await makeSlot(doctor, new Date(Date.now() + 3 * 60 * 60_000));
    const anyone = callerAs(null);
    const { doctorId } = doctor;
    const listed = async () =>
      (await anyone.availability.slots({ doctorId })).items.map(({ id }) => id);
    const next = async () => (await anyone.doctors.get({ doctorId })).nextAvailableAt;
    expect(await listed()).toEqual([soon.id, later.id]);

    await set(doctor, { rules: [], minimumNoticeMinutes: 60 });

    expect(await listed()).toEqual([later.id]);
    expect(await next()).toBe(later.startsAt.toISOString());
    await expect(holdAs(await makePatient(), soon.id)).rejects.toMatchObject({
      code: "CONFLICT",
      cause: { reason: "SLOT_TOO_SOON" },
    });
    const own = await callerAs(doctor).availability.ownSlots({
      from: new Date().toISOString(),
      to: later.endsAt.toISOString(),
    });
    expect(own.items.map(({ id }) => id)).toEqual([soon.id, later.id]);

    await set(doctor, { rules: [], minimumNoticeMinutes: 0 });
    expect(await next()).toBe(soon.startsAt.toISOString());
    await holdAs(await makePatient(), soon.id);
  });

  test("a taken slot is still listed as taken, and is no alternative when free", async () => {
    const doctor = await makeDoctor();
    const soon = await makeSlot(doctor, new Date(Date.now() + 30 * 60_000), 15);
    const free = await makeSlot(doctor, new Date(Date.now() + 50 * 60_000), 15);
    const wanted = await makeSlot(doctor, new Date(Date.now() + 2 * 60 * 60_000));
    await holdAs(await makePatient(), soon.id);
    await holdAs(await makePatient(), wanted.id);
    await set(doctor, { rules: [], minimumNoticeMinutes: 60 });
    const { items } = await callerAs(null).availability.slots({ doctorId: doctor.doctorId });
    expect(items.map(({ id, status }) => [id, status])).toEqual([
      [soon.id, "HELD"],
      [wanted.id, "HELD"],
    ]);
    expect(items.map(({ id }) => id)).not.toContain(free.id);
    await expect(holdAs(await makePatient(), wanted.id)).rejects.toMatchObject({
      cause: { reason: "SLOT_TAKEN", data: { alternatives: [] } },
    });
  });
});
