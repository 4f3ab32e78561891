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

/** A held time that began a moment ago and was not paid. */
async function makeBegun() {
  const made = await makeHold();
  await moveVisit(made.booking.id, "-1 second");
  return made;
}

/** What a booking left on the record and told, without its hold. */
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
    told: events.map(({ name }) => name),
  };
}

const TRACES = {
  audited: ["booking.expired"],
  told: ["booking/expired"],
};

describe("a payment that succeeds after the start goes back, and the booking ends", () => {
  test("by the gateway's webhook", async () => {
    const { booking, payment } = await makeBegun();
    expect((await deliver(gatewayEvent("payment.succeeded", payment))).status).toBe(200);
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
    await expectInvariants();
  });

  test("found by reconciliation", async () => {
    const { booking, payment } = await makeBegun();
    await sql(
      "INSERT INTO sandbox_charges (payment_id, status, decided_at) VALUES ($1, 'SUCCEEDED', now())",
      [payment.id],
    );
    await age("payments", payment.id);
    expect(await reconcilePayments()).toMatchObject({ healed: 1, failed: 0 });
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
  });

  test("once the hold was swept", async () => {
    const { booking, payment } = await makeBegun();
    expect(await expireHolds({ bookingId: booking.id })).toBe(1);
    await deliver(gatewayEvent("payment.succeeded", payment));
    expect(await stateOf(booking.id)).toEqual(PAID_BACK);
    expect(await tracesOf(booking.id)).toEqual(TRACES);
  });

  test("after its patient had let the time go", async () => {
    const { booking, payment, patient } = await makeHold();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    await deliver(gatewayEvent("payment.succeeded", payment));
    expect(await stateOf(booking.id)).toEqual({ ...PAID_BACK, booking: "CANCELLED" });
  });
});

test("a payment that comes late but before the start still confirms what nobody swept", async () => {
  const { booking, payment } = await makeHold();
  await sql("UPDATE bookings SET hold_expires_at = now() - interval '1 second' WHERE id = $1", [
    booking.id,
  ]);
  await deliver(gatewayEvent("payment.succeeded", payment));
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", slot: "BOOKED" });
});

test("the database confirms no booking whose time has begun, whatever the code does", async () => {
  const { booking } = await makeBegun();
  const confirm = sql(
    "UPDATE bookings SET status = 'CONFIRMED', hold_number = NULL WHERE id = $1",
    [booking.id],
  );
  await expect(confirm).rejects.toThrow("has begun and cannot be confirmed");
  expect(await expireHolds({ bookingId: booking.id })).toBe(1);
});

test("a confirmation before the start is kept when the start has passed", async () => {
  const { booking, payment } = await makeConfirmed();
  await moveVisit(booking.id, "-1 second");
  await deliver(gatewayEvent("payment.succeeded", payment));
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", refund: null });
});
