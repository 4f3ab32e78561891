import { describe, expect, test } from "vitest";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import { setHours } from "../support/hours";

describe("the minimum notice of a doctor", () => {
  test("hides slots that start sooner, and refuses to hold them", async () => {
    const doctor = await makeDoctor();
    const soon = await makeSlot(doctor, new Date(Date.now() + 30 * 60_000), 15);
    const later = await makeSlot(doctor, new Date(Date.now() + 3 * 60 * 60_000));
    const anyone = callerAs(null);
    const { doctorId } = doctor;
    const listed = async () =>
      (await anyone.availability.slots({ doctorId })).items.map(({ id }) => id);
    const next = async () => (await anyone.doctors.get({ doctorId })).nextAvailableAt;
    expect(await listed()).toEqual([soon.id, later.id]);

    await setHours(doctor, { rules: [], minimumNoticeMinutes: 60 });

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

    await setHours(doctor, { rules: [], minimumNoticeMinutes: 0 });
    expect(await next()).toBe(soon.startsAt.toISOString());
    await holdAs(await makePatient(), soon.id);
  });

  test("does not hide taken slots, and applies to the alternatives of a refused hold", async () => {
    const doctor = await makeDoctor();
    const soon = await makeSlot(doctor, new Date(Date.now() + 30 * 60_000), 15);
    const free = await makeSlot(doctor, new Date(Date.now() + 50 * 60_000), 15);
    const wanted = await makeSlot(doctor, new Date(Date.now() + 2 * 60 * 60_000));
    await holdAs(await makePatient(), soon.id);
    await holdAs(await makePatient(), wanted.id);
    await setHours(doctor, { rules: [], minimumNoticeMinutes: 60 });
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
