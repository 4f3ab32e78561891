import "../support/stripe-env";
import { afterEach, expect, test } from "vitest";
import { reconcilePayments } from "@/server/payments/commands/reconcile";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { age, sql } from "../support/database";
import { FEE } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { raceOf } from "../support/race";
import { deliver, makeCheckout, makePaid, refundIdOf, UNPAID } from "../support/stripe";
import { stripe } from "../support/stripe-env";

afterEach(expectInvariants);

const refundsOf = async (paymentId: string) =>
  (
    await sql<{ line: string }>(
      `SELECT concat_ws(' ', reason, status, amount) AS line FROM refunds WHERE payment_id = $1
        ORDER BY created_at`,
      [paymentId],
    )
  ).map(({ line }) => line);

const chargeOf = (intent: { id: string; metadata: object }) => ({
  id: "ch_1",
  object: "charge",
  payment_intent: intent.id,
  metadata: intent.metadata,
});

test("a refund made in Stripe's dashboard is recorded once, although several events report it", async () => {
  const { booking, payment, intent } = await makePaid();
  const refund = stripe.refundByHand(intent, 10_000);

  // A refund made in the dashboard does not have the app's metadata.
  await raceOf(4, () => deliver(stripe.event("refund.created", refund)));
  await raceOf(4, () => deliver(stripe.event("charge.refunded", chargeOf(intent))));
  await deliver(stripe.event("refund.updated", refund));

  expect(await refundsOf(payment.id)).toEqual(["gateway SUCCEEDED 10000"]);
  expect(await stateOf(booking.id)).toMatchObject({
    booking: "CONFIRMED",
    payment: "PARTIALLY_REFUNDED",
  });
});

test("two refunds made in the dashboard are both recorded, although only one event arrives", async () => {
  const { payment, intent } = await makePaid();
  stripe.refundByHand(intent, 10_000);
  stripe.refundByHand(intent, 20_000);

  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual([
    "gateway SUCCEEDED 10000",
    "gateway SUCCEEDED 20000",
  ]);
});

test("the app's own refund is not recorded a second time, in whatever order its events arrive", async () => {
  const { booking, patient, payment, intent } = await makePaid();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  await carryOutRefund(await refundIdOf(payment.id));
  const [ordered] = stripe.refunds.slice(-1);

  await deliver(stripe.event("charge.refunded", chargeOf(intent)));
  await deliver(stripe.event("refund.created", ordered ?? {}));
  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual([`cancelled SUCCEEDED ${FEE}`]);
});

test("reconciliation finds a dashboard refund without an event, and reduces the app's refund by it", async () => {
  const { booking, patient, payment, intent } = await makePaid();
  stripe.refundByHand(intent, 10_000);
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  const refundId = await refundIdOf(payment.id);
  // Stripe refuses to refund more than is left of the payment.
  await expect(carryOutRefund(refundId)).rejects.toThrow("greater than what is left");

  await age("refunds", refundId);
  await reconcilePayments();
  await carryOutRefund(refundId);
  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual([
    "cancelled SUCCEEDED 40000",
    "gateway SUCCEEDED 10000",
  ]);
  expect(await stateOf(booking.id)).toMatchObject({ payment: "REFUNDED" });
});

test("a dashboard refund that the bank returns days later is owed again, and the app orders it", async () => {
  const { booking, payment, intent } = await makePaid();
  const refund = stripe.refundByHand(intent, 10_000);
  await deliver(stripe.event("refund.created", refund));
  refund.status = "failed";

  await deliver(stripe.event("refund.failed", refund));
  await deliver(stripe.event("refund.updated", refund));
  expect(await refundsOf(payment.id)).toEqual(["gateway FAILED 10000"]);
  await carryOutRefund(await refundIdOf(payment.id));
  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual(["gateway SUCCEEDED 10000"]);
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED" });
});

test("a declined card on Stripe's page leaves the hold pending, and a second card can pay it", async () => {
  const { session, booking } = await makeCheckout();
  const declined = {
    id: "pi_declined",
    object: "payment_intent",
    status: "requires_payment_method",
    metadata: session.metadata,
  };

  expect((await deliver(stripe.event("payment_intent.payment_failed", declined))).status).toBe(200);
  expect(await stateOf(booking.id)).toMatchObject(UNPAID);
  stripe.pay(session);
  await deliver(stripe.event("checkout.session.completed", session));

  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", payment: "SUCCEEDED" });
});
