import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { callerAs } from "../support/caller";
import { rowCounts, sql } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import {
  dayAhead,
  hours,
  idAt,
  localTimes,
  makeDoctorWithHours,
  morning,
  setHours,
  slotsOf,
  workday,
  ZONE,
} from "../support/hours";
import { errorOf, labelOf, useHost } from "../support/http";

describe("the hours of a doctor, over REST", () => {
  const api = useHost("route handlers");

  test("are empty at first, and then what the doctor has set", async () => {
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
        { date: dayAhead(5).toString(), closed: true },
        { date: dayAhead(4).toString(), start: "18:00", end: "20:00", slotMinutes: 60 },
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

  test("are refused with the path and message of each issue, and nothing is written", async () => {
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

  test("are read and set only by a doctor, and set only with an idempotency key", async () => {
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

  test("replay the first answer for the same key, and refuse another body for it", async () => {
    const doctor = await makeDoctor();
    const key = randomUUID();
    const first = await api.write("PUT", "/doctor/availability", hours, doctor, { key });
    const ids = (await slotsOf(doctor)).map(({ id }) => id);
    const again = await api.write("PUT", "/doctor/availability", hours, doctor, { key });
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await slotsOf(doctor)).map(({ id }) => id)).toEqual(ids);
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
  test("create slots at the doctor's local times, marked as made from rules", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    expect(localTimes(slots)).toEqual([
      ...["09:00", "09:30", "10:00", "10:30"],
      ...["11:00", "11:30", "12:00", "12:30"],
    ]);
    expect(slots.every((slot) => slot.from_rules && slot.status === "AVAILABLE")).toBe(true);
    await makeSlot(doctor);
    const byHand = (await slotsOf(doctor)).filter((slot) => !slot.from_rules);
    expect(byHand).toHaveLength(1);
  });

  test("that equal the old hours change nothing and keep every slot's id", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    const answer = await setHours(doctor, {});
    expect(answer).toMatchObject({ slotsCreated: 0, slotsRemoved: 0, conflicts: [] });
    expect(await slotsOf(doctor)).toEqual(slots);
  });

  test("withdraw the slots that no longer fit, and keep the others", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    const answer = await setHours(doctor, {
      rules: [{ ...morning, start: "11:00", end: "14:00" }],
    });
    expect(answer).toMatchObject({ slotsCreated: 2, slotsRemoved: 4 });
    const now = await slotsOf(doctor);
    expect(now.slice(0, 4)).toEqual(slots.slice(4));
    expect(localTimes(now)).toEqual(["11:00", "11:30", "12:00", "12:30", "13:00", "13:30"]);
  });

  test("keep slots that were made by hand, and create none that overlap them", async () => {
    const doctor = await makeDoctor();
    const at = workday.toZonedDateTime({ timeZone: ZONE, plainTime: "09:45" });
    const byHand = await makeSlot(doctor, new Date(at.epochMilliseconds), 30);
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 6 });
    expect(await setHours(doctor, { rules: [] })).toMatchObject({ slotsRemoved: 6 });
    expect((await slotsOf(doctor)).map(({ id }) => id)).toEqual([byHand.id]);
  });

  test("with a day off also withdraw the slots that were made by hand", async () => {
    const { doctor } = await makeDoctorWithHours();
    const at = workday.toZonedDateTime({ timeZone: ZONE, plainTime: "20:00" });
    await makeSlot(doctor, new Date(at.epochMilliseconds));
    const exceptions = [{ date: workday.toString(), closed: true }];
    expect(await setHours(doctor, { exceptions })).toMatchObject({
      slotsCreated: 0,
      slotsRemoved: 9,
    });
    expect(await slotsOf(doctor)).toEqual([]);
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 8, slotsRemoved: 0 });
  });

  test("do not create a slot again that the doctor withdrew", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    await callerAs(doctor).availability.withdrawSlot({ slotId: idAt(slots, 2) });
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 0, slotsRemoved: 0 });
    const finer = [{ ...morning, slotMinutes: 15 }];
    await setHours(doctor, { rules: finer });
    expect(localTimes(await slotsOf(doctor))).not.toContain("10:00");
    expect(localTimes(await slotsOf(doctor))).not.toContain("10:15");
    const at = workday.toZonedDateTime({ timeZone: ZONE, plainTime: "10:00" });
    await callerAs(doctor).availability.createSlot({
      startsAt: at.toInstant().toString(),
      endsAt: at.add({ minutes: 30 }).toInstant().toString(),
    });
    expect(localTimes(await slotsOf(doctor))).toContain("10:00");
  });

  test("with a shorter horizon withdraw the slots beyond it", async () => {
    const { doctor } = await makeDoctorWithHours({ horizonDays: 14 });
    expect(await slotsOf(doctor)).toHaveLength(16);
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 0, slotsRemoved: 8 });
  });

  test("are previewed without a change", async () => {
    const { doctor } = await makeDoctorWithHours();
    const counts = await rowCounts();
    const before = await slotsOf(doctor);
    const input = { ...hours, rules: [{ ...morning, end: "10:00" }] };
    const preview = await callerAs(doctor).availability.preview(input);
    expect(preview).toMatchObject({ slotsCreated: 0, slotsRemoved: 6 });
    expect(await slotsOf(doctor)).toEqual(before);
    expect(await rowCounts()).toEqual(counts);
    expect(await callerAs(doctor).availability.get()).toMatchObject({ rules: [morning] });
    expect(preview.version).toBe(1);
    expect(await setHours(doctor, input)).toEqual({ ...preview, version: 2 });
  });
});
