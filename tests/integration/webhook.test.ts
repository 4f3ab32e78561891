import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { holdAs, makeConfirmed, makeHold, stateOf } from "../support/bookings";
import { age, letHoldRunOut, rowCounts, sql } from "../support/database";
import { FEE, makePatient } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { labelOf } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { race, raceOf, tally, valuesOf } from "../support/race";

const CONFIRMED = {
  booking: "CONFIRMED",
  slot: "BOOKED",
  payment: "SUCCEEDED",
  consultation: "SCHEDULED",
  refund: null,
};
const PENDING = {
  booking: "PENDING",
  slot: "HELD",
  payment: "PENDING",
  consultation: null,
  refund: null,
};

const outcomeOf = async (eventId: string) => {
  const [row] = await sql<{ outcome: string }>(
    "SELECT outcome FROM webhook_events WHERE event_id = $1",
    [eventId],
  );
  return row?.outcome;
};

const events = (name: string, bookingOrPayment: string) =>
  sql("SELECT 1 FROM outbox WHERE name = $1 AND strpos(data::text, $2) > 0", [
    name,
    bookingOrPayment,
  ]);

/** Makes the gateway decide a payment whose webhook is lost. The payment is old enough to reconcile. */
async function decideWithoutWebhook(paymentId: string, status: "SUCCEEDED" | "FAILED") {
  await sql("INSERT INTO sandbox_charges (payment_id, status) VALUES ($1, $2)", [
    paymentId,
    status,
  ]);
  await age("payments", paymentId);
}

describe("a webhook from the gateway", () => {
  test("about a successful payment confirms the booking and writes the ledger", async () => {
    const { booking, payment } = await makeHold();
    const event = gatewayEvent("payment.succeeded", payment);

    const answer = await deliver(event);

    expect(answer).toMatchObject({ status: 200, body: { received: true } });
    expect(await stateOf(booking.id)).toEqual(CONFIRMED);
    expect(await outcomeOf(event.id)).toBe("APPLIED");
    const ledger = await sql<{ account: string; sum: number }>(
      `SELECT account, sum(amount)::int AS sum FROM ledger_entries WHERE payment_id = $1
        GROUP BY account ORDER BY account::text`,
      [payment.id],
    );
    expect(ledger).toEqual([
      { account: "gateway", sum: FEE },
      { account: "patient_receivable", sum: 0 },
      { account: "revenue", sum: -FEE },
    ]);
    expect(await events("booking/confirmed", booking.id)).toHaveLength(1);
    await expectInvariants();
  });

  test("about a failed payment cancels the booking and frees the slot for another patient", async () => {
    const { booking, payment, slot } = await makeHold();

    await deliver(gatewayEvent("payment.failed", payment));

    const cancelled = { ...PENDING, booking: "CANCELLED", slot: "AVAILABLE", payment: "FAILED" };
    expect(await stateOf(booking.id)).toEqual(cancelled);
    expect((await holdAs(await makePatient(), slot.id)).status).toBe("PENDING");
    await expectInvariants();
  });

  test.each([
    ["a payment", {}, "APPLIED"],
    ["a wrong amount", { amount: FEE + 1 }, "MISMATCH"],
  ])("about %s is accepted a second time and changes nothing", async (_of, changed, outcome) => {
    const { payment } = await makeHold();
    const event = gatewayEvent("payment.succeeded", payment, changed);
    await deliver(event);
    const before = await rowCounts();

    expect(await deliver(event)).toMatchObject({ status: 200, body: { received: true } });

    expect(await rowCounts()).toEqual(before);
    expect(await outcomeOf(event.id)).toBe(outcome);
  });

  test("about one payment, delivered as twenty events at once, makes one capture", async () => {
    const { booking, payment } = await makeHold();

    const answers = valuesOf(
      await raceOf(20, () => deliver(gatewayEvent("payment.succeeded", payment))),
    );

    expect(tally(answers, labelOf)).toEqual({ "200": 20 });
    expect(await stateOf(booking.id)).toEqual(CONFIRMED);
    const outcomes = await sql<{ outcome: string }>(
      "SELECT outcome FROM webhook_events WHERE payment_id = $1",
      [payment.id],
    );
    expect(tally(outcomes, ({ outcome }) => outcome)).toEqual({ APPLIED: 1, IGNORED: 19 });
    await expectInvariants();
  });

  test("about a success, delivered together with one about a failure, confirms the booking or refunds the payment", async () => {
    const { booking, payment } = await makeHold();

    await race([
      () => deliver(gatewayEvent("payment.succeeded", payment)),
      () => deliver(gatewayEvent("payment.failed", payment)),
    ]);

    const { booking: status, refund } = (await stateOf(booking.id)) ?? {};
    expect([
      { status: "CONFIRMED", refund: null },
      { status: "CANCELLED", refund: `PENDING ${FEE}` },
    ]).toContainEqual({ status, refund });
    await expectInvariants();
  });

  test.each([
    ["a lower amount", { amount: FEE - 1 }],
    ["a higher amount", { amount: FEE + 1 }],
    ["a negative amount", { amount: -FEE }],
    ["another currency", { currency: "USD" }],
  ])("about %s is recorded and does not confirm the booking", async (_what, changed) => {
    const { booking, payment } = await makeHold();
    const event = gatewayEvent("payment.succeeded", payment, changed);

    expect((await deliver(event)).status).toBe(200);

    expect(await stateOf(booking.id)).toEqual(PENDING);
    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    await expectInvariants();
  });

  test("about a payment after the hold expired requests a full refund", async () => {
    const { booking, payment, slot } = await makeHold();
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    const next = await holdAs(await makePatient(), slot.id);

    expect((await deliver(gatewayEvent("payment.succeeded", payment))).status).toBe(200);

    expect(await stateOf(booking.id)).toMatchObject({
      booking: "EXPIRED",
      payment: "REFUND_PENDING",
      refund: `PENDING ${FEE}`,
    });
    expect(await events("payment/refund.requested", payment.id)).toHaveLength(1);
    expect(await stateOf(next.id)).toEqual(PENDING);
    await expectInvariants();
  });

  test("about a payment that succeeds after it was declined requests a full refund", async () => {
    const { booking, payment } = await makeHold();
    await deliver(gatewayEvent("payment.failed", payment));

    await deliver(gatewayEvent("payment.succeeded", payment));

    expect(await stateOf(booking.id)).toMatchObject({
      booking: "CANCELLED",
      payment: "REFUND_PENDING",
      refund: `PENDING ${FEE}`,
    });
    await expectInvariants();
  });

  test("about a successful refund settles it once, and only for the refund's amount", async () => {
    const { booking, payment } = await makeHold();
    await deliver(gatewayEvent("payment.failed", payment));
    await deliver(gatewayEvent("payment.succeeded", payment));
    const wrong = gatewayEvent("refund.succeeded", payment, { amount: 1 });

    await deliver(wrong);
    expect(await outcomeOf(wrong.id)).toBe("MISMATCH");
    expect(await stateOf(booking.id)).toMatchObject({ refund: `PENDING ${FEE}` });

    await deliver(gatewayEvent("refund.succeeded", payment));
    await deliver(gatewayEvent("refund.succeeded", payment));
    expect(await stateOf(booking.id)).toMatchObject({
      payment: "REFUNDED",
      refund: `SUCCEEDED ${FEE}`,
    });
    await expectInvariants();
  });

  test("about a failed payment of a confirmed booking changes nothing", async () => {
    const { booking, payment } = await makeConfirmed();

    await deliver(gatewayEvent("payment.failed", payment));

    expect(await stateOf(booking.id)).toEqual(CONFIRMED);
    await expectInvariants();
  });

  test("about an unknown payment is accepted and recorded, and has no effect", async () => {
    const amount = { amount: FEE, currency: "INR" };
    const event = gatewayEvent("payment.succeeded", { id: randomUUID(), amount });
    const before = await rowCounts();

    expect((await deliver(event)).status).toBe(200);

    const { webhook_events: known = 0 } = before;
    expect(await rowCounts()).toEqual({ ...before, webhook_events: known + 1 });
    expect(await outcomeOf(event.id)).toBe("UNKNOWN_PAYMENT");
  });
});

describe("reconcile after a lost webhook", () => {
  test("requests a full refund of a payment that succeeds after it was declined", async () => {
    const { booking, payment } = await makeHold();
    await deliver(gatewayEvent("payment.failed", payment));
    await decideWithoutWebhook(payment.id, "SUCCEEDED");

    expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });

    expect(await stateOf(booking.id)).toMatchObject({
      booking: "CANCELLED",
      refund: `PENDING ${FEE}`,
    });
    await expectInvariants();
  });

  test("asks the gateway only once about a declined payment", async () => {
    const { payment } = await makeHold();
    await deliver(gatewayEvent("payment.failed", payment));
    await decideWithoutWebhook(payment.id, "FAILED");

    expect(await reconcilePayments()).toEqual({ repaired: 1, failed: 0 });
    expect(await reconcilePayments()).toEqual({ repaired: 0, failed: 0 });
  });
});
