import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql } from "../support/database";
import { type DoctorPerson, makeDoctor, makePatient } from "../support/factories";
import { HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";

const ZONE = "Asia/Kolkata";
const today = Temporal.Now.zonedDateTimeISO(ZONE).toPlainDate();
const D3 = today.add({ days: 3 });
const morning = { weekday: D3.dayOfWeek, start: "09:00", end: "13:00", slotMinutes: 30 };
const hours = { timezone: ZONE, rules: [morning], horizonDays: 8 };

const slotAt = async ({ doctorId }: DoctorPerson, time: string) => {
  const at = D3.toZonedDateTime({ timeZone: ZONE, plainTime: time }).toInstant().toString();
  const [row] = await sql<{ id: string }>(
    "SELECT id FROM availability_slots WHERE doctor_id = $1 AND starts_at = $2 AND withdrawn_at IS NULL",
    [doctorId, at],
  );
  return row?.id ?? "";
};

describe("a booking from 10:00 to 10:30", () => {
  test.each([
    ["other lengths", { ...morning, slotMinutes: 20 }, 0],
    ["a break after each", { ...morning, bufferMinutes: 5 }, 0],
    ["another start", { ...morning, start: "09:15" }, 0],
    ["an end within it", { ...morning, end: "10:15" }, 1],
    ["a start within it", { ...morning, start: "10:15" }, 1],
    ["another weekday", { ...morning, weekday: (D3.dayOfWeek % 7) + 1 }, 1],
  ])(
    "with %s is a conflict only where it is outside of the hours",
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

  test("across two stretches that touch is within the hours", async () => {
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

  test("off the new grid is offered again when it is let go, until the hours change next", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(hours);
    const slot = await slotAt(doctor, "10:00");
    const booking = await holdAs(await makePatient(), slot);
    const finer = { ...hours, rules: [{ ...morning, slotMinutes: 20 }] };
    await callerAs(doctor).availability.set(finer);
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    expect(await slotAt(doctor, "10:00")).toBe(slot);
    // 10:00 and 10:20 take its place.
    expect(await callerAs(doctor).availability.set(finer)).toMatchObject({
      slotsCreated: 2,
      slotsRemoved: 1,
    });
  });
});

describe.each(HOSTS)("two devices that change one doctor's hours, %s", (host) => {
  const api = useHost(host);

  test("the second is refused with what is stored now, and the day off of the first stays", async () => {
    const doctor = await makeDoctor();
    const put = (body: object, headers: Record<string, string> = {}) =>
      api.write("PUT", "/doctor/availability", body, doctor, { headers });
    await put(hours);
    const read = await api.get("/doctor/availability", doctor);
    expect(read.body).toMatchObject({ version: 1 });
    const dayOff = [{ date: D3.toString(), closed: true }];
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
    // A program that knows no versions still works: the last write wins.
    expect((await put(laptop)).body).toMatchObject({ version: 4 });
    expect((await put(laptop, { "if-match": "*" })).body).toMatchObject({ version: 5 });
  });

  test("a version of hours that were never set is refused; 0 is the version before the first", async () => {
    const doctor = await makeDoctor();
    const put = (version: number) =>
      api.write("PUT", "/doctor/availability", { ...hours, version }, doctor);
    expect(labelOf(await put(7))).toBe("409 STALE_VERSION");
    expect((await put(0)).body).toMatchObject({ version: 1 });
    expect(labelOf(await put(0))).toBe("409 STALE_VERSION");
  });
});

test("a preview of a version that is not the newest says so", async () => {
  const doctor = await makeDoctor();
  await callerAs(doctor).availability.set(hours);
  await expect(callerAs(doctor).availability.preview({ ...hours, version: 0 })).rejects.toThrow(
    "STALE_VERSION",
  );
});

describe("past dates", () => {
  const daysOff = (count: number, first: Temporal.PlainDate) =>
    Array.from({ length: count }, (_, n) => ({
      date: first.add({ days: n }).toString(),
      closed: true as const,
    }));

  test("do not count and are dropped: 200 of them leave room for 200 that come", async () => {
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

  test("that passed since the last change are not shown", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set({ ...hours, exceptions: daysOff(1, D3) });
    const past = daysOff(3, today.subtract({ days: 2 }));
    await sql("UPDATE availability_rules SET exceptions = $2 WHERE doctor_id = $1", [
      doctor.doctorId,
      JSON.stringify(past),
    ]);
    const { exceptions } = await callerAs(doctor).availability.get();
    expect(exceptions).toEqual(past.slice(2));
  });

  test("more than 200 that are still to come are refused", async () => {
    const exceptions = daysOff(201, today);
    const refused = callerAs(await makeDoctor()).availability.set({ ...hours, exceptions });
    await expect(refused).rejects.toThrow("200 dates that are still to come");
  });
});

describe("a slot that was taken back while somebody looks at it", () => {
  test.each([
    [
      "by new hours",
      (doctor: DoctorPerson) =>
        callerAs(doctor).availability.set({ ...hours, rules: [{ ...morning, start: "11:00" }] }),
    ],
    [
      "by hand",
      async (doctor: DoctorPerson) =>
        callerAs(doctor).availability.withdrawSlot({ slotId: await slotAt(doctor, "10:00") }),
    ],
  ])("%s is refused as withdrawn, with the three nearest free times", async (_how, takeBack) => {
    const doctor = await makeDoctor();
    await callerAs(doctor).availability.set(hours);
    const slot = await slotAt(doctor, "10:00");
    await takeBack(doctor);
    await expect(holdAs(await makePatient(), slot)).rejects.toMatchObject({
      code: "CONFLICT",
      cause: {
        reason: "SLOT_WITHDRAWN",
        data: { alternatives: [{ status: "AVAILABLE" }, { status: "AVAILABLE" }, {}] },
      },
    });
  });
});

test("a horizon of one day moves on with every hour", async () => {
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
