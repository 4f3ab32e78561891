import { describe, expect, test } from "vitest";
import { makeConfirmed, moveVisit, payLongAgo, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { FEE } from "../support/factories";
import { expectInvariants } from "../support/invariants";

const ALL = { amount: FEE, currency: "INR" };

/** Makes a paid visit of half an hour that starts at this offset from now. */
async function visitAt(startsIn: string) {
  const made = await makeConfirmed();
  await moveVisit(made.booking.id, startsIn);
  const bookingId = made.booking.id;
  return { ...made, bookingId, patient: callerAs(made.patient), doctor: callerAs(made.doctor) };
}

describe("cancelling a visit after its start", () => {
  test.each(["-1 second", "-4 minutes", "-30 minutes 30 seconds"])(
    "refunds the whole fee if the doctor has not started the visit (start: %s)",
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

  test("refunds the whole fee even if a reschedule had lowered the refund", async () => {
    const { patient, bookingId } = await visitAt("-1 minute");
    await sql("UPDATE bookings SET refund_cap_percent = 0 WHERE id = $1", [bookingId]);
    expect((await patient.bookings.cancel({ bookingId })).refund?.amount).toEqual(ALL);
  });

  test("is refused with REFUND_CHANGED if the patient saw the refund before the start", async () => {
    const { patient, bookingId } = await visitAt("1 minute");
    await payLongAgo(bookingId);
    const { refund, hasBegun } = await patient.bookings.cancellation({ bookingId });
    expect([refund.amount, hasBegun]).toEqual([0, false]);
    await moveVisit(bookingId, "-1 second");
    await expect(
      patient.bookings.cancel({ bookingId, expectedRefund: refund.amount }),
    ).rejects.toThrow("REFUND_CHANGED");
  });

  test("quotes no refund and is refused if the doctor has started the visit", async () => {
    const { patient, doctor, bookingId } = await visitAt("-1 minute");
    await doctor.consultations.start({ bookingId });
    const { percent } = await patient.bookings.cancellation({ bookingId });
    expect(percent).toBe(0);
    await expect(patient.bookings.cancel({ bookingId })).rejects.toThrow("ILLEGAL_TRANSITION");
  });
});
