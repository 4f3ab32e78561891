import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs, makeConfirmed, makeHold, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { race, raceOf, reasonsOf, tally } from "../support/race";

const ROUNDS = 100;

describe(`races that move money, ${ROUNDS} rounds each`, { timeout: 300_000 }, () => {
  test("a capture and an expiry: the booking is confirmed, or the payment is refunded", async () => {
    const ends: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, payment } = await makeHold();
      await letHoldRunOut(booking.id);
      await race<unknown>([
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => expireHolds({ bookingId: booking.id }),
      ]);
      const state = await stateOf(booking.id);
      ends.push(`${state?.booking} ${state?.slot} ${state?.payment} ${state?.refund}`);
    }
    const seen = Object.keys(tally(ends, (end) => end));
    const legal = [
      "CONFIRMED BOOKED SUCCEEDED null",
      "EXPIRED AVAILABLE REFUND_PENDING PENDING 50000",
    ];
    expect(seen.filter((end) => !legal.includes(end))).toEqual([]);
    await expectInvariants();
  });

  test("a cancellation and a capture: the booking is always cancelled, and the payment is refunded", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, payment, patient } = await makeHold();
      const [, cancelled] = await reasonsOf([
        () => deliver(gatewayEvent("payment.succeeded", payment)),
        () => callerAs(patient).bookings.cancel({ bookingId: booking.id }),
      ]);
      expect(cancelled).toBe("done");
      expect(await stateOf(booking.id)).toMatchObject({
        booking: "CANCELLED",
        slot: "AVAILABLE",
        payment: "REFUND_PENDING",
        refund: "PENDING 50000",
      });
    }
    await expectInvariants();
  });

  test("a reschedule and a cancellation: both slots are free, and the invariants hold", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, patient, doctor, slot } = await makeConfirmed();
      const other = await makeSlot(doctor, inHours(48));
      const [moved, cancelled] = await reasonsOf([
        () => callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId: other.id }),
        () => callerAs(patient).bookings.cancel({ bookingId: booking.id }),
      ]);
      expect(cancelled).toBe("done");
      expect(["done", "ILLEGAL_TRANSITION"]).toContain(moved);
      const slots = await sql("SELECT status FROM availability_slots WHERE id = ANY($1)", [
        [slot.id, other.id],
      ]);
      expect(slots).toEqual([{ status: "AVAILABLE" }, { status: "AVAILABLE" }]);
    }
    await expectInvariants();
  });

  test("two reschedules to one slot: one booking moves, the other does not change", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const first = await makeConfirmed();
      const second = await makeConfirmed();
      const wanted = await makeSlot(await makeDoctor(), inHours(72));
      const reasons = await reasonsOf(
        [first, second].map(
          ({ patient, booking }) =>
            () =>
              callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId: wanted.id }),
        ),
      );
      expect(reasons.toSorted()).toEqual(["SLOT_TAKEN", "done"]);
      const loser = reasons[0] === "SLOT_TAKEN" ? first : second;
      expect(await stateOf(loser.booking.id)).toMatchObject({
        booking: "CONFIRMED",
        slot: "BOOKED",
      });
      expect(
        await sql("SELECT slot_id, version FROM bookings WHERE id = $1", [loser.booking.id]),
      ).toEqual([{ slot_id: loser.slot.id, version: 1 }]);
    }
    await expectInvariants();
  });

  test("one idempotency key that is sent 50 times: one booking, one answer", async () => {
    const doctor = await makeDoctor();
    for (let round = 0; round < ROUNDS; round++) {
      const patient = await makePatient();
      const slot = await makeSlot(doctor, inHours(24 + round));
      const caller = callerAs(patient, randomUUID());
      const answers = await raceOf(50, () => caller.bookings.hold({ slotId: slot.id }));
      const ids = answers.map((answer) => (answer.ok ? answer.value.id : String(answer.error)));
      expect(Object.values(tally(ids, (id) => id))).toEqual([50]);
    }
    await expectInvariants();
  });

  test("one webhook event that is sent 20 times: one capture", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { booking, payment } = await makeHold();
      const event = gatewayEvent("payment.succeeded", payment);
      const answers = await raceOf(20, () => deliver(event));
      expect(tally(answers, (answer) => String(answer.ok && answer.value.status))).toEqual({
        200: 20,
      });
      expect(
        await sql("SELECT count(*)::int AS n FROM ledger_entries WHERE payment_id = $1", [
          payment.id,
        ]),
      ).toEqual([{ n: 4 }]);
      expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED" });
    }
    await expectInvariants();
  });
});

test("a hold that loses a race leaves no payment", async () => {
  const doctor = await makeDoctor();
  const slot = await makeSlot(doctor);
  const patients = [await makePatient(), await makePatient()];
  await race(patients.map((patient) => () => holdAs(patient, slot.id)));
  expect(await sql("SELECT count(*)::int AS n FROM payments")).toEqual(
    await sql("SELECT count(*)::int AS n FROM bookings"),
  );
});
