import { describe, expect, test } from "vitest";
import { holdAs, makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import {
  type DoctorPerson,
  FEE,
  inHours,
  makeDoctor,
  makePatient,
  makePatients,
  makeSlot,
  makeSlots,
} from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { race, reasonsOf } from "../support/race";

describe("a changed fee", () => {
  const setFee = (doctor: DoctorPerson, amount: number) =>
    callerAs(doctor).doctors.updateProfile({ fee: { amount, currency: "INR" } });

  test("does not change the price of holds, bookings and moved bookings", async () => {
    const { doctor, patient, booking } = await makeConfirmed();
    const [held, fresh, other] = await makeSlots(doctor, 3, inHours(50));
    const hold = await holdAs(patient, held?.id ?? "");
    await setFee(doctor, 90_000);

    const prices = async (bookingId: string) => {
      const seen = await callerAs(patient).bookings.get({ bookingId });
      return [seen.price.amount, seen.payment?.amount.amount];
    };
    expect(await prices(booking.id)).toEqual([FEE, FEE]);
    expect(await prices(hold.id)).toEqual([FEE, FEE]);
    await callerAs(patient).bookings.extendHold({ bookingId: hold.id });
    expect(await prices(hold.id)).toEqual([FEE, FEE]);

    const next = await holdAs(await makePatient(), fresh?.id ?? "");
    expect([next.price.amount, next.payment.amount.amount]).toEqual([90_000, 90_000]);

    const move = { bookingId: booking.id, slotId: other?.id ?? "" };
    const moved = await callerAs(patient).bookings.reschedule(move);
    expect(moved).toMatchObject({ slotId: other?.id, price: { amount: FEE } });
    expect(await prices(booking.id)).toEqual([FEE, FEE]);
    await expectInvariants();
  });

  test("does not let a booking move to a doctor with a different fee", async () => {
    const { patient, booking } = await makeConfirmed();
    const dearer = await makeDoctor({ feeAmount: FEE * 2 });
    const { id: slotId } = await makeSlot(dearer);
    const move = () => callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId });
    expect(await reasonsOf([move])).toEqual(["PRICE_DIFFERS"]);
  });

  test("gives concurrent holds the old or the new fee, the same in booking and payment", async () => {
    const doctor = await makeDoctor();
    const rounds = 12;
    const seen: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [before, after] = [FEE + round, FEE + round + 1];
      await setFee(doctor, before);
      const slots = await makeSlots(doctor, 5, inHours(24 + round * 3));
      const patients = await makePatients(4);
      const holds = patients.map(
        (patient, n) => async () => (await holdAs(patient, slots[n]?.id ?? "")).price.amount,
      );
      const change = async () => {
        await setFee(doctor, after);
        return after;
      };
      const outcomes = await race([...holds.slice(0, 2), change, ...holds.slice(2)]);
      for (const outcome of outcomes) {
        if (!outcome.ok) throw outcome.error;
        expect([before, after]).toContain(outcome.value);
        seen.push(outcome.value - before);
      }
      const late = await holdAs(await makePatient(), slots[4]?.id ?? "");
      expect(late.price.amount).toBe(after);
    }
    expect(seen).toHaveLength(rounds * 5);
    const differing = await sql(
      `SELECT b.id FROM bookings b JOIN payments p ON p.booking_id = b.id
        WHERE b.doctor_id = $1 AND p.amount <> b.price_amount`,
      [doctor.doctorId],
    );
    expect(differing).toEqual([]);
    await expectInvariants();
  });
});
