import { expireHolds } from "@/server/bookings/commands/expire";
import { closeLateCheckout, refundPayment, retryFailedRefund } from "@/server/payments/jobs";
import { callerAs } from "../../../support/caller";
import { letHoldRunOut } from "../../../support/database";
import { FEE } from "../../../support/factories";
import type { JobCase } from "../../../support/job-cases";

/** Loads the simulated Stripe only when a case is prepared, because it needs the Stripe environment. */
const atStripe = async () => ({
  ...(await import("../../../support/stripe")),
  ...(await import("../../../support/stripe-env")),
});

/** Makes an owed refund at Stripe. The effect is the list of refunded amounts at Stripe. */
async function prepareOwed(isFailed: boolean) {
  const { makePaid, refundIdOf, deliver, stripe } = await atStripe();
  const { booking, patient, payment, intent } = await makePaid();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  const refundId = await refundIdOf(payment.id);
  const ordered = (status: "failed" | "succeeded") =>
    stripe.order({ intent, refundId, amount: FEE, status });
  if (isFailed) await deliver(stripe.event("refund.failed", ordered("failed")));
  const refunds = () =>
    stripe.refunds.filter(
      ({ payment_intent, status }) => payment_intent === intent.id && status !== "failed",
    );
  return {
    data: () => ({ refundId, paymentId: payment.id }),
    effect: async () => refunds().map(({ amount }) => amount),
    once: [FEE],
    // The clinic refunds in Stripe's dashboard, and Stripe sends the event.
    undo: () => deliver(stripe.event("refund.updated", ordered("succeeded"))),
    undone: [FEE],
  };
}

export const prepareFailed = () => prepareOwed(true);

/** Makes an expired hold whose patient is still on Stripe's page. */
export async function prepareLate() {
  const { makeCheckout, stripe } = await atStripe();
  const { booking, session } = await makeCheckout();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  return {
    data: () => ({ bookingId: booking.id }),
    effect: async () => [session.status, session.payment_status],
    once: ["expired", "unpaid"],
    // The patient pays before the checkout is closed.
    undo: async () => stripe.pay(session),
    undone: ["complete", "paid"],
  };
}

export const stripeCases: JobCase[] = [
  {
    fn: retryFailedRefund,
    event: "payment/refund.failed",
    prepare: prepareFailed,
  },
  { fn: closeLateCheckout, event: "booking/expired", prepare: prepareLate },
];

/** Functions that have a case with the sandbox as well; these are their cases with Stripe. */
export const alsoAtStripe: JobCase[] = [
  { fn: refundPayment, event: "payment/refund.requested", prepare: () => prepareOwed(false) },
];
