import type { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql } from "../support/database";
import { type DoctorPerson, makeDoctor, makePatient } from "../support/factories";
import { dayAhead, hours, morning, workday, ZONE } from "../support/hours";
import { HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";

const today = dayAhead(0);

const slotAt = async ({ doctorId }: DoctorPerson, time: string) => {
  const at = workday.toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant().toString();
  const [row] = await sql<{ id: string }>(
    "SELECT id FROM availability_slots WHERE doctor_id = $1 AND starts_at = $2 AND withdrawn_at IS NULL",
    [doctorId, at],
  );
  return row?.id ?? "";
};

describe("a booking from 10:00 to 10:30", () => {
  test.each([
    ["another slot length", { ...morning, slotMinutes: 20 }, 0],
    ["a break after each slot", { ...morning, bufferMinutes: 5 }, 0],
    ["another start", { ...morning, start: "09:15" }, 0],
    ["an end inside the booking", { ...morning, end: "10:15" }, 1],
    ["a start inside the booking", { ...morning, start: "10:15" }, 1],
    ["another weekday", { ...morning, weekday: (workday.dayOfWeek % 7) + 1 }, 1],
  ])(
    "is a conflict with new hours only if it is outside of them: %s",
    async (_what, rule, conflicts) => {
      const doctor = await makeDoctor();
      await callerAs(doctor).availability.set(hours);
      const booking = await holdAs(await makePatient(), await slotAt(doctor, "10:00"));
      const preview = await callerAs(doctor).availability.preview({ ...hours, rules: [rule] });
      const answer = await callerAs(doctor).availability.set({ ...hours, rules: [rule] });
      expect(answer.conflicts).toEqual(conflicts === 1 ? [booking.id] : []);
      expect(answer).toEqual({ ...preview, version: 2 });
      expect((await callerAs(doctor).availability.get()).conflicts).toEqual(answer.conflicts);
      await expectInvariants();
    },
  );

  test("is within the hours if it spans two adjacent rules", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(hours);
    await holdAs(await makePatient(), await slotAt(doctor, "10:00"));
    const rules = [
      { ...morning, end: "10:15", slotMinutes: 25 },
      { ...morning, start: "10:15", slotMinutes: 45 },
    ];
    const answer = await callerAs(doctor).availability.set({ ...hours, rules });
    expect(answer.conflicts).toEqual([]);
  });

  test("that does not fit the new slot length is offered again after it expires, until the hours change", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(hours);
    const slot = await slotAt(doctor, "10:00");
    const booking = await holdAs(await makePatient(), slot);
    const finer = { ...hours, rules: [{ ...morning, slotMinutes: 20 }] };
    await callerAs(doctor).availability.set(finer);
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    expect(await slotAt(doctor, "10:00")).toBe(slot);
    // New slots at 10:00 and 10:20 replace it.
    expect(await callerAs(doctor).availability.set(finer)).toMatchObject({
      slotsCreated: 2,
      slotsRemoved: 1,
    });
  });
});

describe.each(HOSTS)("two devices that change one doctor's hours, %s", (host) => {
  const api = useHost(host);

  test("cannot overwrite each other: the second one is refused with the stored hours", async () => {
    const doctor = await makeDoctor();
    const put = (body: object, headers: Record<string, string> = {}) =>
      api.write("PUT", "/doctor/availability", body, doctor, { headers });
    await put(hours);
    const read = await api.get("/doctor/availability", doctor);
    expect(read.body).toMatchObject({ version: 1 });
    const dayOff = [{ date: workday.toString(), closed: true }];
    const phone = await put({ ...hours, exceptions: dayOff, version: 1 });
    expect(phone.body).toMatchObject({ version: 2, exceptions: dayOff });

    const laptop = { ...hours, rules: [{ ...morning, start: "10:00" }] };
    const current = { version: 2, exceptions: dayOff, rules: [morning] };
    const refused = await put({ ...laptop, version: 1 });
    expect(labelOf(refused)).toBe("409 STALE_VERSION");
    expect(refused.body).toMatchObject({ data: { current } });
    expect(labelOf(await put(laptop, { "if-match": '"1"' }))).toBe("409 STALE_VERSION");
    expect(labelOf(await put(laptop, { "if-match": "not a version" }))).toBe("409 STALE_VERSION");
    expect((await api.get("/doctor/availability", doctor)).body).toMatchObject(current);

    expect((await put(laptop, { "if-match": '"2"' })).body).toMatchObject({ version: 3 });
    // A client that sends no version still works: the last write wins.
    expect((await put(laptop)).body).toMatchObject({ version: 4 });
    expect((await put(laptop, { "if-match": "*" })).body).toMatchObject({ version: 5 });
  });

  test("cannot use a version that does not exist; version 0 means that no hours are stored", async () => {
    const doctor = await makeDoctor();
    const put = (version: number) =>
      api.write("PUT", "/doctor/availability", { ...hours, version }, doctor);
    expect(labelOf(await put(7))).toBe("409 STALE_VERSION");
    expect((await put(0)).body).toMatchObject({ version: 1 });
    expect(labelOf(await put(0))).toBe("409 STALE_VERSION");
  });
});

test("a preview of hours with an old version is refused", async () => {
  const doctor = await makeDoctor();
  await callerAs(doctor).availability.set(hours);
  await expect(callerAs(doctor).availability.preview({ ...hours, version: 0 })).rejects.toThrow(
    "STALE_VERSION",
  );
});

describe("dates of exceptions", () => {
  const daysOff = (count: number, first: Temporal.PlainDate) =>
    Array.from({ length: count }, (_, n) => ({
      date: first.add({ days: n }).toString(),
      closed: true as const,
    }));

  test("that have passed are dropped, and do not count towards the maximum of 200", async () => {
    const doctor = await makeDoctor();
    const exceptions = [...daysOff(200, today.subtract({ days: 200 })), ...daysOff(200, today)];
    const answer = await callerAs(doctor).availability.set({ ...hours, exceptions });
    expect(answer.exceptions).toEqual(daysOff(200, today));
    const [row] = await sql<{ kept: number }>(
      "SELECT jsonb_array_length(exceptions) AS kept FROM availability_rules WHERE doctor_id = $1",
      [doctor.doctorId],
    );
    expect(row).toEqual({ kept: 200 });
  });

  test("that have passed since the last change are not returned", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set({ ...hours, exceptions: daysOff(1, workday) });
    const past = daysOff(3, today.subtract({ days: 2 }));
    await sql("UPDATE availability_rules SET exceptions = $2 WHERE doctor_id = $1", [
      doctor.doctorId,
      JSON.stringify(past),
    ]);
    const { exceptions } = await callerAs(doctor).availability.get();
    expect(exceptions).toEqual(past.slice(2));
  });

  test("that are still to come are refused if there are more than 200", async () => {
    const exceptions = daysOff(201, today);
    const refused = callerAs(await makeDoctor()).availability.set({ ...hours, exceptions });
    await expect(refused).rejects.toThrow("200 dates that are still to come");
  });
});

describe("holding a slot that was withdrawn", () => {
  test.each([
    [
      "by new hours",
      (doctor: DoctorPerson) =>
        callerAs(doctor).availability.set({ ...hours, rules: [{ ...morning, start: "11:00" }] }),
    ],
    [
      "by the doctor",
      async (doctor: DoctorPerson) =>
        callerAs(doctor).availability.withdrawSlot({ slotId: await slotAt(doctor, "10:00") }),
    ],
  ])("%s is refused with the three nearest free times", async (_how, withdraw) => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(hours);
    const slot = await slotAt(doctor, "10:00");
    await withdraw(doctor);
    await expect(holdAs(await makePatient(), slot)).rejects.toMatchObject({
      code: "CONFLICT",
      cause: {
        reason: "SLOT_WITHDRAWN",
        data: { alternatives: [{ status: "AVAILABLE" }, { status: "AVAILABLE" }, {}] },
      },
    });
  });
});

test("the job that rolls the horizon runs every hour, so that a horizon of one day stays open", async () => {
  const { rollSlotHorizon } = await import("@/server/availability/jobs");
  const { parseSchedule } = await import("@/server/job-engine/embedded/cron");
  const [trigger] = rollSlotHorizon.opts.triggers as Array<{ cron: string }>;
  const schedule = parseSchedule(trigger?.cron ?? "");
  for (let hour = 0; hour < 48; hour++) {
    const now = Date.UTC(2026, 10, 30, hour, 59);
    const latest = schedule.latest(new Date(now))?.getTime() ?? 0;
    expect(now - latest).toBeLessThanOrEqual(3_600_000);
  }
});
