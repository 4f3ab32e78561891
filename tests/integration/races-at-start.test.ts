import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { makeConfirmed, makeHold, moveVisit, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { FEE } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { race, reasonsOf, tally } from "../support/race";

const ROUNDS = 15;
const PAID_BACK = `REFUND_PENDING PENDING ${FEE}`;

/** A paid visit that began eleven minutes ago. */
async function makeLate() {
  const made = await makeConfirmed();
  const bookingId = made.booking.id;
  await moveVisit(bookingId, "-11 minutes");
  return { ...made, bookingId };
}

/** The state of a booking and its money. */
async function endOf(bookingId: string) {
  const { booking, slot, payment, refund } = (await stateOf(bookingId)) ?? {};
  return `${booking} ${slot} ${payment} ${refund}`;
}

describe(`races around the start, ${ROUNDS} rounds each`, { timeout: 300_000 }, () => {
  test("capture against the start: confirmed before it, or ended and paid back", async () => {
    const ends: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, payment } = await makeHold();
      await moveVisit(booking.id, `${round} milliseconds`);
      await race<unknown>([
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => expireHolds({ bookingId: booking.id }),
      ]);
      ends.push(await endOf(booking.id));
    }
    const legal = ["CONFIRMED BOOKED SUCCEEDED null", `EXPIRED AVAILABLE ${PAID_BACK}`];
    expect(ends.filter((end) => !legal.includes(end))).toEqual([]);
    await expectInvariants();
  });

  test("extension against expiry: extended and held, or ended", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, patient } = await makeHold();
      const bookingId = booking.id;
      await sql(
        "UPDATE bookings SET hold_expires_at = now() + $2 * interval '1 millisecond' WHERE id = $1",
        [bookingId, round],
      );
      const [extended] = await reasonsOf([
        () => callerAs(patient).bookings.extendHold({ bookingId }),
        () => expireHolds({ bookingId }),
      ]);
      expect(["done", "ILLEGAL_TRANSITION"]).toContain(extended);
      await expireHolds({ bookingId });
      const { booking: status } = (await stateOf(bookingId)) ?? {};
      expect(status).toBe(extended === "done" ? "PENDING" : "EXPIRED");
    }
    await expectInvariants();
  });

  test("no-show against cancellation: one of the two, and the money follows it", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeLate();
      const reasons = await reasonsOf([
        () => callerAs(doctor).consultations.noShow({ bookingId }),
        () => callerAs(patient).bookings.cancel({ bookingId }),
      ]);
      expect(reasons.toSorted()).toEqual(["ILLEGAL_TRANSITION", "done"]);
      expect(await endOf(bookingId)).toBe(
        reasons[0] === "done"
          ? "NO_SHOW BOOKED SUCCEEDED null"
          : `CANCELLED AVAILABLE ${PAID_BACK}`,
      );
    }
    await expectInvariants();
  });

  test("no-show against a patient who comes: absent, or waiting, and never both", async () => {
    const ends: Array<string | undefined> = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeLate();
      const [absent] = await reasonsOf([
        () => callerAs(doctor).consultations.noShow({ bookingId }),
        () => callerAs(patient).consultations.get({ bookingId }),
      ]);
      const seen = await sql(
        "SELECT 1 FROM consultations WHERE booking_id = $1 AND patient_seen_at IS NOT NULL",
        [bookingId],
      );
      ends.push(absent);
      expect([absent, seen.length]).not.toEqual(["done", 1]);
    }
    const legal = ["done", "PATIENT_WAITING"];
    expect(Object.keys(tally(ends, String)).filter((end) => !legal.includes(end))).toEqual([]);
    await expectInvariants();
  });

  test("the doctor's start against cancellation: one of the two", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeLate();
      const reasons = await reasonsOf([
        () => callerAs(doctor).consultations.start({ bookingId }),
        () => callerAs(patient).bookings.cancel({ bookingId }),
      ]);
      expect(reasons.toSorted()).toEqual(["ILLEGAL_TRANSITION", "done"]);
      expect(await endOf(bookingId)).toBe(
        reasons[0] === "done"
          ? "CONFIRMED BOOKED SUCCEEDED null"
          : `CANCELLED AVAILABLE ${PAID_BACK}`,
      );
    }
    await expectInvariants();
  });
});
