import { afterEach, describe, expect, test } from "vitest";
import { makeConfirmed, makeHold, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { FEE, inHours, makeAdmin, makeSlot } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { raceOf } from "../support/race";
import { moneyOf, refundAtGateway } from "../support/refunds";

afterEach(expectInvariants);

const outcomeOf = async (eventId: string) =>
  (await sql("SELECT outcome FROM webhook_events WHERE event_id = $1", [eventId]))[0]?.outcome;

const auditOf = async (paymentId: string) =>
  (
    await sql<{ action: string }>(
      "SELECT action FROM audit_logs WHERE entity_id = $1 AND action LIKE 'payment.refund%' ORDER BY at",
      [paymentId],
    )
  ).map(({ action }) => action);

/** Returns the balance of each account of a payment; debits are positive. */
const ledgerOf = (paymentId: string) =>
  sql(
    `SELECT account::text AS account, sum(amount)::int AS sum FROM ledger_entries WHERE payment_id = $1
      GROUP BY account HAVING sum(amount) <> 0 ORDER BY 1`,
    [paymentId],
  );

describe("a refund that the clinic makes at the gateway", () => {
  test("is recorded in the payment, the ledger and the audit log, and does not cancel the booking", async () => {
    const { booking, payment } = await makeConfirmed();

    const event = await refundAtGateway(payment, 10_000);

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

  test("limits the quote and the refund of a later cancellation to the rest", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundAtGateway(payment, 10_000);
    const { bookingId } = { bookingId: booking.id };

    const quote = await callerAs(patient).bookings.cancellation({ bookingId });
    expect(quote.refund.amount).toBe(FEE - 10_000);
    const cancelled = await callerAs(patient).bookings.cancel({ bookingId });

    expect(cancelled.refund).toEqual({
      amount: { amount: FEE - 10_000, currency: "INR" },
      status: "PENDING",
    });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "REFUND_PENDING", refunded: FEE });
    await refundAtGateway(payment, FEE - 10_000);
    expect(await moneyOf(payment.id)).toEqual({
      status: "REFUNDED",
      refunded: FEE,
      refunds: ["gateway SUCCEEDED 10000", `cancelled SUCCEEDED ${FEE - 10_000}`],
    });
  });

  test("of the whole payment leaves nothing for a later cancellation", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundAtGateway(payment, FEE);

    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", payment: "REFUNDED" });
    const { bookingId } = { bookingId: booking.id };
    const quote = await callerAs(patient).bookings.cancellation({ bookingId });
    expect(quote.refund.amount).toBe(0);
    const cancelled = await callerAs(patient).bookings.cancel({ bookingId });
    expect(cancelled).toMatchObject({ status: "CANCELLED", refund: null });
    expect(cancelled.payment).toMatchObject({ status: "REFUNDED" });
    expect(await moneyOf(payment.id)).toMatchObject({ status: "REFUNDED", refunded: FEE });
  });

  test("does not prevent a reschedule", async () => {
    const { booking, payment, patient, doctor } = await makeConfirmed();
    await refundAtGateway(payment, 10_000);
    const other = await makeSlot(doctor, inHours(48));

    const moved = await callerAs(patient).bookings.reschedule({
      bookingId: booking.id,
      slotId: other.id,
    });

    expect(moved).toMatchObject({ status: "CONFIRMED", slotId: other.id });
  });

  test("is shown to the patient in the booking and on the receipt", async () => {
    const { booking, payment, patient } = await makeConfirmed();
    await refundAtGateway(payment, 10_000);

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

  test("is shown to admins, and so is a booking whose whole payment was refunded", async () => {
    const admin = callerAs(await makeAdmin());
    const before = await admin.analytics.attention();
    const [partly, whole] = [await makeConfirmed(), await makeConfirmed()];

    await refundAtGateway(partly.payment, 10_000);
    await refundAtGateway(whole.payment, FEE);

    expect(await admin.analytics.attention()).toEqual({
      ...before,
      refundsByClinic: before.refundsByClinic + 2,
      unpaidConsultations: before.unpaidConsultations + 1,
    });
  });

  test("counts once if its event is repeated, and two refunds count twice", async () => {
    const { payment } = await makeConfirmed();
    const event = gatewayEvent("refund.succeeded", payment, { amount: 10_000 });

    await raceOf(8, () => deliver(event));
    expect(await moneyOf(payment.id)).toMatchObject({ refunds: ["gateway SUCCEEDED 10000"] });
    await refundAtGateway(payment, 10_000);

    expect(await moneyOf(payment.id)).toMatchObject({ refunded: 20_000 });
  });

  test.each([
    ["more than is left", { amount: FEE - 9_999 }],
    ["nothing", { amount: 0 }],
    ["a negative amount", { amount: -100 }],
    ["another currency", { amount: 100, currency: "USD" }],
  ])("of %s is recorded as a mismatch and shown to admins", async (_what, changed) => {
    const admin = callerAs(await makeAdmin());
    const { payment } = await makeConfirmed();
    await refundAtGateway(payment, 10_000);
    const before = await admin.analytics.attention();

    const event = await refundAtGateway(payment, 1, changed);

    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    expect(await moneyOf(payment.id)).toMatchObject({ refunded: 10_000 });
    expect(await auditOf(payment.id)).toContain("payment.refund_mismatched");
    expect((await admin.analytics.attention()).mismatchedRefunds).toBe(
      before.mismatchedRefunds + 1,
    );
  });

  test("of a payment that has not succeeded is recorded as a mismatch", async () => {
    const { booking, payment } = await makeHold();
    const event = await refundAtGateway(payment, FEE);
    expect(await outcomeOf(event.id)).toBe("MISMATCH");
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING", payment: "PENDING" });
  });
});
