import { expireHolds } from "@/server/bookings/commands/expire";
import { closeLateCheckout, refundPayment, retryFailedRefund } from "@/server/payments/jobs";
import { callerAs } from "../../../support/caller";
import { letHoldRunOut } from "../../../support/database";
import { FEE } from "../../../support/factories";
import type { JobCase } from "../../../support/job-cases";

/** Stripe's side is set up when a case is prepared: the environment has to name it before. */
const atStripe = async () => ({
  ...(await import("../../../support/stripe")),
  ...(await import("../../../support/stripe-env")),
});

/** What went back at Stripe, in its own book. */
async function prepareOwed(isFailed: boolean) {
  const { makePaid, refundIdOf, deliver, stripe } = await atStripe();
  const { booking, patient, payment, intent } = await makePaid();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  const refundId = await refundIdOf(payment.id);
  const ordered = (status: "failed" | "succeeded") =>
    stripe.order({ intent, refundId, amount: FEE, status });
  if (isFailed) await deliver(stripe.event("refund.failed", ordered("failed")));
  const back = () =>
    stripe.refunds.filter((one) => one.payment_intent === intent.id && one.status !== "failed");
  return {
    data: () => ({ refundId, paymentId: payment.id }),
    effect: async () => back().map(({ amount }) => amount),
    once: [FEE],
    // It went back by hand, and Stripe says so.
    undo: () => deliver(stripe.event("refund.updated", ordered("succeeded"))),
    undone: [FEE],
  };
}

export const prepareFailed = () => prepareOwed(true);

/** A hold that is over, its patient still on Stripe's page. */
export async function prepareLate() {
  const { makeCheckout, stripe } = await atStripe();
  const { booking, session } = await makeCheckout();
  await letHoldRunOut(booking.id);
  await expireHolds({ bookingId: booking.id });
  return {
    data: () => ({ bookingId: booking.id }),
    effect: async () => [session.status, session.payment_status],
    once: ["expired", "unpaid"],
    // The patient was quicker.
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

/** Functions that the sandbox's table has already, at Stripe. */
export const alsoAtStripe: JobCase[] = [
  { fn: refundPayment, event: "payment/refund.requested", prepare: () => prepareOwed(false) },
];
