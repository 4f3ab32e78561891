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

test("a refund in Stripe's dashboard counts once, whichever of its events come, and how often", async () => {
  const { booking, payment, intent } = await makePaid();
  const refund = stripe.refundByHand(intent, 10_000);

  // The dashboard's refund has no metadata of ours.
  await raceOf(4, () => deliver(stripe.event("refund.created", refund)));
  await raceOf(4, () => deliver(stripe.event("charge.refunded", chargeOf(intent))));
  await deliver(stripe.event("refund.updated", refund));

  expect(await refundsOf(payment.id)).toEqual(["gateway SUCCEEDED 10000"]);
  expect(await stateOf(booking.id)).toMatchObject({
    booking: "CONFIRMED",
    payment: "PARTIALLY_REFUNDED",
  });
});

test("two refunds in the dashboard both count though only the second was told of", async () => {
  const { payment, intent } = await makePaid();
  stripe.refundByHand(intent, 10_000);
  stripe.refundByHand(intent, 20_000);

  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual([
    "gateway SUCCEEDED 10000",
    "gateway SUCCEEDED 20000",
  ]);
});

test("our own refund is not counted as one by hand, in whatever order its events come", async () => {
  const { booking, patient, payment, intent } = await makePaid();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  await carryOutRefund(await refundIdOf(payment.id));
  const [ours] = stripe.refunds.slice(-1);

  await deliver(stripe.event("charge.refunded", chargeOf(intent)));
  await deliver(stripe.event("refund.created", ours ?? {}));
  await deliver(stripe.event("charge.refunded", chargeOf(intent)));

  expect(await refundsOf(payment.id)).toEqual([`cancelled SUCCEEDED ${FEE}`]);
});

test("a refund by hand that nobody told of leaves less of ours to pay: reconciliation finds it", async () => {
  const { booking, patient, payment, intent } = await makePaid();
  stripe.refundByHand(intent, 10_000);
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  const refundId = await refundIdOf(payment.id);
  // Stripe gives back no more than is left.
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

test("a refund by hand that a bank sent back days later is owed again, and ordered by us", async () => {
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

test("a declined card on Stripe's page is not final: the hold stays, and another try is paid", async () => {
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
