import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { makeConfirmed, makeHold, moveVisit, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, sql } from "../support/database";
import { FEE } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";

const PAID_BACK = {
  booking: "EXPIRED",
  slot: "AVAILABLE",
  payment: "REFUND_PENDING",
  consultation: null,
  refund: `PENDING ${FEE}`,
};

/** Makes an unpaid hold whose slot started a second ago. */
async function makeStartedHold() {
  const made = await makeHold();
  await moveVisit(made.booking.id, "-1 second");
  return made;
}

/** Returns the audit actions and domain events of a booking, without those of its hold. */
async function tracesOf(bookingId: string) {
  const actions = await sql<{ action: string }>(
    `SELECT action FROM audit_logs WHERE entity_id = $1 AND action <> 'booking.held'`,
    [bookingId],
  );
  const events = await sql<{ name: string }>(
    `SELECT name FROM outbox WHERE data->>'bookingId' = $1 AND name <> 'booking/held'`,
    [bookingId],
  );
  return {
    audited: actions.map(({ action }) => action),
    emitted: events.map(({ name }) => name),
  };
}

const TRACES = {
  audited: ["booking.expired"],
  emitted: ["booking/expired"],
};

describe("a payment that succeeds too late", () => {
  test("is refunded and expires the booking if a webhook reports it after the start", async () => {
    const { booking, payment } = await makeStartedHold();
    expect((await deliver(gatewayEvent("payment.succeeded", payment))).status).toBe(200);
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
    await expectInvariants();
  });

  test("is refunded and expires the booking if the reconcile job finds it after the start", async () => {
    const { booking, payment } = await makeStartedHold();
    await sql(
      "INSERT INTO sandbox_charges (payment_id, status, decided_at) VALUES ($1, 'SUCCEEDED', now())",
      [payment.id],
    );
    await age("payments", payment.id);
    expect(await reconcilePayments()).toMatchObject({ repaired: 1, failed: 0 });
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
  });

  test("is refunded if the hold has expired before", async () => {
    const { booking, payment } = await makeStartedHold();
    expect(await expireHolds({ bookingId: booking.id })).toBe(1);
    await deliver(gatewayEvent("payment.succeeded", payment));
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
  });

  test("is refunded if the patient has cancelled the hold", async () => {
    const { booking, payment, patient } = await makeHold();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    await deliver(gatewayEvent("payment.succeeded", payment));
    expect(await stateOf(booking.id)).toEqual({ ...PAID_BACK, booking: "CANCELLED" });
  });
});

test("a payment after the end of the hold confirms the booking if no job has expired it yet", async () => {
  const { booking, payment } = await makeHold();
  await sql("UPDATE bookings SET hold_expires_at = now() - interval '1 second' WHERE id = $1", [
    booking.id,
  ]);
  await deliver(gatewayEvent("payment.succeeded", payment));
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", slot: "BOOKED" });
});

test("the database refuses to confirm a booking whose slot has started", async () => {
  const { booking } = await makeStartedHold();
  const confirm = sql(
    "UPDATE bookings SET status = 'CONFIRMED', hold_number = NULL WHERE id = $1",
    [booking.id],
  );
  await expect(confirm).rejects.toThrow("has begun and cannot be confirmed");
  expect(await expireHolds({ bookingId: booking.id })).toBe(1);
});

test("a booking that was confirmed before the start stays confirmed after a repeated event", async () => {
  const { booking, payment } = await makeConfirmed();
  await moveVisit(booking.id, "-1 second");
  await deliver(gatewayEvent("payment.succeeded", payment));
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", refund: null });
});
