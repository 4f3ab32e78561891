import { describe, expect, test } from "vitest";
import { deleteWithdrawnSlots } from "@/server/availability/commands/roll";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql } from "../support/database";
import { makePatient } from "../support/factories";
import {
  idAt,
  localTimes,
  makeDoctorWithHours,
  morning,
  setHours,
  slotsOf,
} from "../support/hours";
import { expectInvariants } from "../support/invariants";

describe("bookings outside of new hours", () => {
  test("stay and are reported as conflicts, until the hours include them again", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    const first = await holdAs(await makePatient(), idAt(slots, 0));
    const last = await holdAs(await makePatient(), idAt(slots, 7));
    const answer = await setHours(doctor, { rules: [{ ...morning, start: "11:00" }] });
    expect(answer).toMatchObject({ slotsRemoved: 3, conflicts: [first.id] });
    expect(answer.conflictingBookings).toEqual([
      { id: first.id, startsAt: first.startsAt, endsAt: first.endsAt },
    ]);
    expect((await slotsOf(doctor)).filter(({ status }) => status === "HELD")).toHaveLength(2);
    const { conflicts } = await callerAs(doctor).availability.get();
    expect(conflicts).toEqual([first.id]);

    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 3, conflicts: [] });
    expect(await setHours(doctor, { rules: [] })).toMatchObject({ conflicts: [first.id, last.id] });
    await expectInvariants();
  });

  test("are no conflict if they are only beyond a shorter horizon", async () => {
    const { doctor } = await makeDoctorWithHours({ horizonDays: 14 });
    const slots = await slotsOf(doctor);
    await holdAs(await makePatient(), idAt(slots, 15));
    expect(await setHours(doctor, {})).toMatchObject({ slotsRemoved: 7, conflicts: [] });
    expect(await slotsOf(doctor)).toHaveLength(9);
  });

  test("do not make their slot available again when they end", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    const booking = await holdAs(await makePatient(), idAt(slots, 0));
    await setHours(doctor, { rules: [{ ...morning, start: "11:00" }] });
    await letHoldRunOut(booking.id);
    expect(await expireHolds({ bookingId: booking.id })).toBe(1);

    expect(localTimes(await slotsOf(doctor))).not.toContain("09:00");
    await expect(holdAs(await makePatient(), idAt(slots, 0))).rejects.toThrow("SLOT_WITHDRAWN");
    expect(await callerAs(doctor).availability.get()).toMatchObject({ conflicts: [] });
    // The hours withdrew the slot, not the doctor. So new hours may create it again.
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 4 });
    await expectInvariants();
  });

  test("keep their withdrawn slot, while other withdrawn slots are deleted after a day", async () => {
    const { doctor, slots } = await makeDoctorWithHours();
    const booking = await holdAs(await makePatient(), idAt(slots, 0));
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    expect(await setHours(doctor, { rules: [] })).toMatchObject({ slotsRemoved: 8, conflicts: [] });
    await sql(
      `UPDATE availability_slots SET withdrawn_at = now() - interval '25 hours'
        WHERE withdrawn_at IS NOT NULL AND doctor_id = $1`,
      [doctor.doctorId],
    );
    expect(await deleteWithdrawnSlots()).toBe(7);
    const rows = await sql<{ id: string }>(
      "SELECT id FROM availability_slots WHERE doctor_id = $1 AND withdrawn_at IS NOT NULL",
      [doctor.doctorId],
    );
    expect(rows).toEqual([{ id: idAt(slots, 0) }]);
    expect(await setHours(doctor, {})).toMatchObject({ slotsCreated: 8 });
  });
});
