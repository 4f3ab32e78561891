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

/** Makes a paid visit that started eleven minutes ago. */
async function makeStartedVisit() {
  const made = await makeConfirmed();
  const bookingId = made.booking.id;
  await moveVisit(bookingId, "-11 minutes");
  return { ...made, bookingId };
}

/** Returns the states of booking, slot, payment and refund as one text. */
async function statesOf(bookingId: string) {
  const { booking, slot, payment, refund } = (await stateOf(bookingId)) ?? {};
  return `${booking} ${slot} ${payment} ${refund}`;
}

describe(`races at the start of a visit, ${ROUNDS} rounds each`, { timeout: 300_000 }, () => {
  test("a capture at the start: the booking is confirmed, or it expires and is refunded", async () => {
    const ends: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, payment } = await makeHold();
      await moveVisit(booking.id, `${round} milliseconds`);
      await race<unknown>([
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => expireHolds({ bookingId: booking.id }),
      ]);
      ends.push(await statesOf(booking.id));
    }
    const legal = ["CONFIRMED BOOKED SUCCEEDED null", `EXPIRED AVAILABLE ${PAID_BACK}`];
    expect(ends.filter((end) => !legal.includes(end))).toEqual([]);
    await expectInvariants();
  });

  test("an extension and an expiry: the hold is extended, or it expires", async () => {
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

  test("a no-show and a cancellation: one of the two succeeds, and the money matches it", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeStartedVisit();
      const reasons = await reasonsOf([
        () => callerAs(doctor).consultations.noShow({ bookingId }),
        () => callerAs(patient).bookings.cancel({ bookingId }),
      ]);
      expect(reasons.toSorted()).toEqual(["ILLEGAL_TRANSITION", "done"]);
      expect(await statesOf(bookingId)).toBe(
        reasons[0] === "done"
          ? "NO_SHOW BOOKED SUCCEEDED null"
          : `CANCELLED AVAILABLE ${PAID_BACK}`,
      );
    }
    await expectInvariants();
  });

  test("a no-show and a patient who arrives: the patient is absent or waiting, never both", async () => {
    const ends: Array<string | undefined> = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeStartedVisit();
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

  test("the doctor's start and a cancellation: one of the two succeeds", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { bookingId, patient, doctor } = await makeStartedVisit();
      const reasons = await reasonsOf([
        () => callerAs(doctor).consultations.start({ bookingId }),
        () => callerAs(patient).bookings.cancel({ bookingId }),
      ]);
      expect(reasons.toSorted()).toEqual(["ILLEGAL_TRANSITION", "done"]);
      expect(await statesOf(bookingId)).toBe(
        reasons[0] === "done"
          ? "CONFIRMED BOOKED SUCCEEDED null"
          : `CANCELLED AVAILABLE ${PAID_BACK}`,
      );
    }
    await expectInvariants();
  });
});
