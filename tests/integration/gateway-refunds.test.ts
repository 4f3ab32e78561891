import { afterEach, describe, expect, test } from "vitest";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { makeConfirmed, makeHold, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, sql } from "../support/database";
import { FEE, inHours, makeAdmin, makeSlot } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { race, raceOf } from "../support/race";

afterEach(expectInvariants);

type Payment = Parameters<typeof gatewayEvent>[1];

/** The gateway says that the clinic gave money back there, by hand. */
async function refundByHand(payment: Payment, amount: number, changed = {}) {
  const event = gatewayEvent("refund.succeeded", payment, { amount, ...changed });
  expect((await deliver(event)).status).toBe(200);
  return event;
}

/** A payment in the database's words, with all that went back or is owed. */
async function moneyOf(paymentId: string) {
  const [row] = await sql<{ status: string; refunded: number; refunds: string[] }>(
    `SELECT p.status, p.refunded_amount AS refunded,
            array(SELECT concat_ws(' ', r.reason, r.status, r.amount) FROM refunds r
                   WHERE r.payment_id = p.id ORDER BY r.created_at) AS refunds
       FROM payments p WHERE p.id = $1`,
    [paymentId],
  );
  return row;
}

const outcomeOf = async (eventId: string) =>
  (await sql("SELECT outcome FROM webhook_events WHERE event_id = $1", [eventId]))[0]?.outcome;

const auditOf = async (paymentId: string) =>
  (
    await sql<{ action: string }>(
      "SELECT action FROM audit_logs WHERE entity_id = $1 AND action LIKE 'payment.refund%' ORDER BY at",
      [paymentId],
    )
  ).map(({ action }) => action);

/** What the ledger says: debits are positive. */
const ledgerOf = (paymentId: string) =>
  sql(
    `SELECT account::text AS account, sum(amount)::int AS sum FROM ledger_entries WHERE payment_id = $1
      GROUP BY account HAVING sum(amount) <> 0 ORDER BY 1`,
    [paymentId],
  );

describe("money that the clinic gives back by hand at the gateway", () => {
  test("is recorded in the payment, the ledger and the audit log, and the visit stays", async () => {
    const { booking, payment } = await makeConfirmed();

    const event = await refundByHand(payment, 10_000);

    expect(await outcomeOf(event.id)).toBe("APPLIED");
    expect(await moneyOf(payment.id)).toEqual({
      status: "PARTIALLY_REFUNDED",
      refunded: 10_000,
      refunds: ["gateway SUCCEEDED 10000"],
    });
    expect(await ledgerOf(payment.id)).toEqual([
      { account: "gateway", sum: FEE - 10_000 },
      { account: "refunds", sum: 10_000 },
      { account: "revenue", sum: -FEE },
    ]);
    expect(await auditOf(payment.id)).toEqual(["payment.refunded_at_gateway"]);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", slot: "BOOKED" });
  });

  test("caps the quote and the refund of a later cancellation by what is left", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundByHand(payment, 10_000);
    const { bookingId } = { bookingId: booking.id };

    const quote = await callerAs(patient).bookings.cancellation({ bookingId });
    expect(quote.refund.amount).toBe(FEE - 10_000);
    const cancelled = await callerAs(patient).bookings.cancel({ bookingId });

    expect(cancelled.refund).toEqual({
      amount: { amount: FEE - 10_000, currency: "INR" },
      status: "PENDING",
    });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "REFUND_PENDING", refunded: FEE });
    await refundByHand(payment, FEE - 10_000);
    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUNDED",
      refunded: FEE,
      refunds: ["gateway SUCCEEDED 10000", `cancelled SUCCEEDED ${FEE - 10_000}`],
    });
  });

  test("leaves nothing to a cancellation when it was all of the payment", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundByHand(payment, FEE);

    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", payment: "REFUNDED" });
    const { bookingId } = { bookingId: booking.id };
    const quote = await callerAs(patient).bookings.cancellation({ bookingId });
    expect(quote.refund.amount).toBe(0);
    const cancelled = await callerAs(patient).bookings.cancel({ bookingId });
    expect(cancelled).toMatchObject({ status: "CANCELLED", refund: null });
    expect(cancelled.payment).toMatchObject({ status: "REFUNDED" });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "REFUNDED", refunded: FEE });
  });

  test("leaves the visit movable to another time", async () => {
    const { booking, payment, patient, doctor } = await makeConfirmed();
    await refundByHand(payment, 10_000);
    const other = await makeSlot(doctor, inHours(48));

    const moved = await callerAs(patient).bookings.reschedule({
      bookingId: booking.id,
      slotId: other.id,
    });

    expect(moved).toMatchObject({ status: "CONFIRMED", slotId: other.id });
  });

  test("is shown to the patient: in the booking and on the receipt", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundByHand(payment, 10_000);

    const seen = await callerAs(patient).bookings.get({ bookingId: booking.id });
    expect(seen.payment).toMatchObject({
      status: "PARTIALLY_REFUNDED",
      refunded: { amount: 10_000 },
      refundedByClinic: { amount: 10_000 },
    });
    expect(seen.refund).toBeNull();
    const receipt = await callerAs(patient).payments.receipt({ paymentId: payment.id });
    expect(receipt.refunds).toMatchObject([
      { amount: { amount: 10_000 }, status: "SUCCEEDED", byClinic: true },
    ]);
  });

  test("is shown to admins, and so is a visit of which all the money went back", async () => {
    const admin = callerAs(await makeAdmin());
    const before = await admin.analytics.attention();
    const [partly, whole] = [await makeConfirmed(), await makeConfirmed()];

    await refundByHand(partly.payment, 10_000);
    await refundByHand(whole.payment, FEE);

    expect(await admin.analytics.attention()).toEqual({
      ...before,
      refundsByClinic: before.refundsByClinic + 2,
      unpaidConsultations: before.unpaidConsultations + 1,
    });
  });

  test("counts once, however often the gateway says it, and twice when it happened twice", async () => {
    const { payment } = await makeConfirmed();
    const event = gatewayEvent("refund.succeeded", payment, { amount: 10_000 });

    await raceOf(8, () => deliver(event));
    expect(await moneyOf(payment.id)).toMatchObject({ refunds: ["gateway SUCCEEDED 10000"] });
    await refundByHand(payment, 10_000);

    expect(await moneyOf(payment.id)).toMatchObject({ refunded: 20_000 });
  });

  test.each([
    ["more than is left", { amount: FEE - 9_999 }],
    ["nothing", { amount: 0 }],
    ["less than nothing", { amount: -100 }],
    ["another currency", { amount: 100, currency: "USD" }],
  ])("of %s is recorded as a mismatch and shown to admins", async (_what, changed) => {
    const admin = callerAs(await makeAdmin());
    const { payment } = await makeConfirmed();
    await refundByHand(payment, 10_000);
    const before = await admin.analytics.attention();

    const event = await refundByHand(payment, 1, changed);

    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    expect(await moneyOf(payment.id)).toMatchObject({ refunded: 10_000 });
    expect(await auditOf(payment.id)).toContain("payment.refund_mismatched");
    expect((await admin.analytics.attention()).mismatchedRefunds).toBe(
      before.mismatchedRefunds + 1,
    );
  });

  test("of a payment that was never made is recorded as a mismatch", async () => {
    const { booking, payment } = await makeHold();
    const event = await refundByHand(payment, FEE);
    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING", payment: "PENDING" });
  });
});

describe("our own refund", () => {
  /** Cancelled half a day ahead: half of the fee is owed. */
  async function makeHalfOwed() {
    const made = await makeConfirmed();
    await sql(
      `UPDATE bookings SET cancellation_policy = '[{"hoursBefore": 0, "refundPercent": 50}]'
        WHERE id = $1`,
      [made.booking.id],
    );
    await callerAs(made.patient).bookings.cancel({ bookingId: made.booking.id });
    const [refund] = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
      made.payment.id,
    ]);
    return { ...made, refundId: refund?.id ?? "" };
  }
  const ONCE = {
    status: "PARTIALLY_REFUNDED",
    refunded: FEE / 2,
    refunds: [`cancelled SUCCEEDED ${FEE / 2}`],
  };

  test("is never taken for one by hand, whichever event comes first and however often", async () => {
    const { payment, refundId } = await makeHalfOwed();
    const named = { amount: FEE / 2, refundId };

    await carryOutRefund(refundId);
    await age("refunds", refundId);
    await reconcilePayments();
    await refundByHand(payment, FEE / 2, named);
    await refundByHand(payment, FEE / 2, named);

    expect(await moneyOf(payment.id)).toEqual(ONCE);
  });

  test("that waits stays owed when another amount is given back by hand", async () => {
    const { payment, refundId } = await makeHalfOwed();

    await refundByHand(payment, 10_000);

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUND_PENDING",
      refunded: FEE / 2 + 10_000,
      refunds: [`cancelled PENDING ${FEE / 2}`, "gateway SUCCEEDED 10000"],
    });
    await refundByHand(payment, FEE / 2, { refundId });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "PARTIALLY_REFUNDED" });
  });

  test("shrinks by what the gateway's own refund took of it", async () => {
    const { payment } = await makeHalfOwed();

    await refundByHand(payment, 30_000, { refundId: "gateway_1" });
    await refundByHand(payment, 30_000, { refundId: "gateway_1" });

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUND_PENDING",
      refunded: FEE,
      refunds: ["cancelled PENDING 20000", "gateway SUCCEEDED 30000"],
    });
  });

  test("is settled by a refund at the gateway of all that was paid", async () => {
    const { payment } = await makeHalfOwed();

    await refundByHand(payment, FEE, { refundId: "gateway_2" });

    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUNDED",
      refunded: FEE,
      refunds: [`cancelled SUCCEEDED ${FEE / 2}`, `gateway SUCCEEDED ${FEE / 2}`],
    });
  });
});

test("a refund by hand against a cancellation: never more goes back than was paid", async () => {
  for (let round = 0; round < 24; round++) {
    const { booking, payment, patient } = await makeConfirmed();
    const amount = [10_000, FEE][round % 2] ?? 0;
    const named = round % 4 < 2 ? {} : { refundId: `gateway_${payment.id}` };
    const event = gatewayEvent("refund.succeeded", payment, { amount, ...named });
    const [, cancelled] = await race<unknown>([
      () => deliver(event),
      () => callerAs(patient).bookings.cancel({ bookingId: booking.id }),
    ]);
    expect(cancelled?.ok).toBe(true);
    const money = await moneyOf(payment.id);
    expect(money?.refunded).toBe(FEE);
    // The patient cancelled in time: all of the fee is back or on its way, whoever was first.
    expect(["REFUND_PENDING", "REFUNDED"]).toContain(money?.status);
  }
}, 120_000);
