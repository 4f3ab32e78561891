import { afterEach, describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { makeHold, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, letHoldRunOut } from "../support/database";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { raceOf } from "../support/race";

afterEach(expectInvariants);

const gateway = callerAs(null).sandbox;
const HELD = { booking: "PENDING", slot: "HELD", payment: "PENDING" };

describe("a declined card", () => {
  test("keeps the hold and the checkout, so that a second try can pay", async () => {
    const { booking, payment } = await makeHold();
    const paymentId = payment.id;

    const declined = await gateway.decide({ paymentId, outcome: "decline" });
    await raceOf(3, () => gateway.decide({ paymentId, outcome: "decline" }));

    expect(declined).toEqual({ bookingId: booking.id, status: "PENDING" });
    expect(await gateway.checkout({ paymentId })).toMatchObject({
      status: "PENDING",
      declines: 4,
      heldUntil: booking.holdExpiresAt,
    });
    await age("payments", paymentId);
    await reconcilePayments();
    expect(await stateOf(booking.id)).toMatchObject(HELD);

    expect(await gateway.decide({ paymentId, outcome: "pay" })).toMatchObject({
      status: "SUCCEEDED",
    });
    await reconcilePayments();
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", payment: "SUCCEEDED" });
  });

  test("does not change a payment that has succeeded", async () => {
    const { booking, payment } = await makeHold();
    const paymentId = payment.id;
    await gateway.decide({ paymentId, outcome: "pay" });

    expect(await gateway.decide({ paymentId, outcome: "decline" })).toMatchObject({
      status: "SUCCEEDED",
    });

    await age("payments", paymentId);
    await reconcilePayments();
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED" });
  });

  test("does not extend the hold: the slot is free when the hold ends", async () => {
    const { booking, payment } = await makeHold();
    await gateway.decide({ paymentId: payment.id, outcome: "decline" });
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });

    expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", slot: "AVAILABLE" });
    expect(await gateway.checkout({ paymentId: payment.id })).toMatchObject({ heldUntil: null });
  });

  test("does not cancel the booking, but the gateway's final failure does", async () => {
    const { booking, payment } = await makeHold();
    await gateway.decide({ paymentId: payment.id, outcome: "decline" });
    await deliver(gatewayEvent("payment.failed", payment));
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CANCELLED", slot: "AVAILABLE" });
  });
});
