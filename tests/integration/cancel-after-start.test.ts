import { describe, expect, test } from "vitest";
import { makeConfirmed, moveVisit, payLongAgo, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { FEE } from "../support/factories";
import { expectInvariants } from "../support/invariants";

const ALL = { amount: FEE, currency: "INR" };

/** A paid visit of half an hour that starts then. */
async function visitAt(startsIn: string) {
  const made = await makeConfirmed();
  await moveVisit(made.booking.id, startsIn);
  const bookingId = made.booking.id;
  return { ...made, bookingId, patient: callerAs(made.patient), doctor: callerAs(made.doctor) };
}

describe("a visit whose time has begun", () => {
  test.each(["-1 second", "-4 minutes", "-30 minutes 30 seconds"])(
    "gives the patient everything back while the doctor has not started it: %s",
    async (startsIn) => {
      const { patient, bookingId } = await visitAt(startsIn);
      const quote = await patient.bookings.cancellation({ bookingId });
      expect(quote).toMatchObject({ refund: ALL, percent: 100, hasBegun: true, tiers: [] });

      const expectedRefund = quote.refund.amount;
      const cancelled = await patient.bookings.cancel({ bookingId, expectedRefund });

      expect(cancelled.refund).toEqual({ amount: ALL, status: "PENDING" });
      expect(await stateOf(bookingId)).toMatchObject({
        booking: "CANCELLED",
        payment: "REFUND_PENDING",
        consultation: "CANCELLED",
        refund: `PENDING ${FEE}`,
      });
      await expectInvariants();
    },
  );

  test("gives everything back after a reschedule that had lowered the refund, too", async () => {
    const { patient, bookingId } = await visitAt("-1 minute");
    await sql("UPDATE bookings SET refund_cap_percent = 0 WHERE id = $1", [bookingId]);
    expect((await patient.bookings.cancel({ bookingId })).refund?.amount).toEqual(ALL);
  });

  test("shows the refund as changed to a patient who was shown the terms before the start", async () => {
    const { patient, bookingId } = await visitAt("1 minute");
    await payLongAgo(bookingId);
    const { refund, hasBegun } = await patient.bookings.cancellation({ bookingId });
    expect([refund.amount, hasBegun]).toEqual([0, false]);
    await moveVisit(bookingId, "-1 second");
    await expect(
      patient.bookings.cancel({ bookingId, expectedRefund: refund.amount }),
    ).rejects.toThrow("REFUND_CHANGED");
  });

  test("gives the patient nothing back once the doctor has started it", async () => {
    const { patient, doctor, bookingId } = await visitAt("-1 minute");
    await doctor.consultations.start({ bookingId });
    const { percent } = await patient.bookings.cancellation({ bookingId });
    expect(percent).toBe(0);
    await expect(patient.bookings.cancel({ bookingId })).rejects.toThrow("ILLEGAL_TRANSITION");
  });
});
