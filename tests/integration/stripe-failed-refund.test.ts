import "../support/stripe-env";
import { afterEach, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { closeLateCheckout, refundPayment, retryFailedRefund } from "@/server/payments/jobs";
import { stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, letHoldRunOut, sql } from "../support/database";
import { FEE, makeAdmin, type Person } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { enginesOf, forgetJobs, runEngines } from "../support/job-cases";
import { runsOf } from "../support/jobs";
import { ALL_BACK, checkout, deliver, makeCheckout, makePaid, refundIdOf } from "../support/stripe";
import { stripe } from "../support/stripe-env";

afterEach(async () => {
  await expectInvariants();
  await forgetJobs();
});

const REFUND_FAILED = { payment: "REFUND_PENDING", refund: `FAILED ${FEE}` };

/** Makes a paid booking that was cancelled and whose refund was ordered at Stripe. */
async function makeOrdered() {
  const made = await makePaid();
  await callerAs(made.patient).bookings.cancel({ bookingId: made.booking.id });
  const refundId = await refundIdOf(made.payment.id);
  await carryOutRefund(refundId);
  const [order] = stripe.refunds.slice(-1);
  if (!order) throw new Error("nothing was ordered");
  await sql("DELETE FROM outbox");
  return { ...made, refundId, order };
}

const ordersOf = (refundId: string) =>
  stripe.refunds.filter(({ metadata }) => metadata.refundId === refundId);

const receiptOf = (patient: Person, paymentId: string) =>
  callerAs(patient).payments.receipt({ paymentId });

/** Runs the job that retries failed refunds until each run has ended. */
const runRetries = () =>
  runEngines(enginesOf(1, retryFailedRefund), async () => {
    const runs = await runsOf(retryFailedRefund);
    return runs.length > 0 && runs.every(({ status }) => /COMPLETED|FAILED/.test(status));
  });

test("a refund that the bank returns days later is FAILED, visible to the patient, and retried once", async () => {
  const { booking, patient, payment, refundId, order } = await makeOrdered();
  await deliver(stripe.event("refund.updated", order));
  expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);

  order.status = "failed";
  const event = stripe.event("refund.failed", order);
  await deliver(event);
  await deliver(event);
  await deliver(stripe.event("refund.failed", order));

  expect(await stateOf(booking.id)).toMatchObject(REFUND_FAILED);
  await expectInvariants();
  const receipt = await receiptOf(patient, payment.id);
  expect(receipt.refunds).toMatchObject([{ id: refundId, status: "FAILED" }]);
  const audited = await sql(
    "SELECT 1 FROM audit_logs WHERE action = 'payment.refund_failed' AND entity_id = $1",
    [payment.id],
  );
  expect(audited).toHaveLength(1);
  const admin = callerAs(await makeAdmin());
  expect(await admin.analytics.attention()).toMatchObject({ failedRefunds: 1 });

  await runRetries();
  expect(await stateOf(booking.id)).toMatchObject({ refund: `PENDING ${FEE}` });
  expect(await admin.analytics.attention()).toMatchObject({ failedRefunds: 0 });
  await deliver(stripe.event("refund.updated", stripe.refunds.at(-1) ?? {}));
  expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);
});

test("a refund that fails three times stays FAILED, and its job is in the admin's list of failed jobs", async () => {
  const { booking, refundId, order } = await makeOrdered();
  stripe.refundStatus = "failed";
  order.status = "failed";
  await deliver(stripe.event("refund.failed", order));
  for (let tries = 2; tries <= 3; tries++) {
    await runRetries();
    expect(ordersOf(refundId)).toHaveLength(tries);
    await deliver(stripe.event("refund.failed", stripe.refunds.at(-1) ?? {}));
  }
  await runRetries();

  expect(ordersOf(refundId)).toHaveLength(3);
  expect(await stateOf(booking.id)).toMatchObject(REFUND_FAILED);
  const { items } = await callerAs(await makeAdmin()).jobs.list({ status: "FAILED" });
  expect(items).toMatchObject([{ functionId: "amrutam-retry-failed-refund" }]);
  // Reconciliation does not retry it. It records the refund once an admin has made it at Stripe.
  await age("refunds", refundId);
  expect(await reconcilePayments()).toEqual({ repaired: 0, failed: 0 });
  order.status = "succeeded";
  await reconcilePayments();
  expect(await stateOf(booking.id)).toMatchObject(ALL_BACK);
});

test("reconciliation finds a failed refund whose webhook was lost", async () => {
  const { booking, refundId, order } = await makeOrdered();
  order.status = "failed";
  await age("refunds", refundId);

  await reconcilePayments();

  expect(await stateOf(booking.id)).toMatchObject(REFUND_FAILED);
  expect(ordersOf(refundId)).toHaveLength(1);
  await runRetries();
  expect(await stateOf(booking.id)).toMatchObject({ refund: `PENDING ${FEE}` });
});

test.each([
  [
    "expired",
    async (_patient: Person, bookingId: string) => {
      await letHoldRunOut(bookingId);
      await expireHolds({ bookingId });
    },
  ],
  [
    "was cancelled",
    (patient: Person, bookingId: string) => callerAs(patient).bookings.cancel({ bookingId }),
  ],
])(
  "the checkout of a hold that %s is closed, and Stripe's event about it changes nothing",
  async (_what, end) => {
    const { booking, patient, payment, session } = await makeCheckout();
    await sql("DELETE FROM outbox");
    await end(patient, booking.id);
    const before = await stateOf(booking.id);

    await runEngines(
      enginesOf(1, closeLateCheckout),
      async () => (await runsOf(closeLateCheckout))[0]?.status === "COMPLETED",
    );

    expect(session.status).toBe("expired");
    await deliver(stripe.event("checkout.session.expired", session));
    expect(await stateOf(booking.id)).toEqual(before);
    const late = await checkout(payment.id, patient);
    expect(late.headers.get("location")).toBe(`/bookings/${booking.id}`);
  },
);

test("a checkout that was paid after the hold expired is not closed, and the payment is refunded", async () => {
  const { booking, session } = await makeCheckout();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  stripe.pay(session);
  await runEngines(
    enginesOf(1, closeLateCheckout),
    async () => (await runsOf(closeLateCheckout))[0]?.status === "COMPLETED",
  );
  expect(session.payment_status).toBe("paid");

  await deliver(stripe.event("checkout.session.completed", session));
  await runEngines(
    enginesOf(1, refundPayment),
    async () => (await runsOf(refundPayment))[0]?.status === "COMPLETED",
  );

  expect(stripe.refunds.at(-1)).toMatchObject({
    amount: FEE,
    payment_intent: session.payment_intent,
  });
  expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", refund: `PENDING ${FEE}` });
});
