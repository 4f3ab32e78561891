import { createJob } from "../job-engine/create-job";
import { closeCheckout } from "./commands/checkout";
import { carryOutRefund } from "./commands/refund";

/** Gives money back as soon as it is owed. What stays PENDING after the retries, the sweep takes up. */
export const refundPayment = createJob(
  { id: "refund-payment", retries: 5, events: ["payment/refund.requested"] },
  async ({ event: { data }, step }) => {
    await step.run("refund", () => carryOutRefund(data.refundId));
  },
);

/**
 * Tries once more where the gateway could not pay back. A run that fails at it stays in the list of
 * jobs, for an admin to look at; the sweep tries again each hour.
 */
export const retryFailedRefund = createJob(
  { id: "retry-failed-refund", retries: 5, events: ["payment/refund.failed"] },
  async ({ event: { data }, step }) => {
    await step.run("refund-again", () => carryOutRefund(data.refundId));
  },
);

/** Nobody shall pay for a hold that is gone: what they still could pay on is closed. */
export const closeLateCheckout = createJob(
  {
    id: "close-late-checkout",
    retries: 5,
    events: ["booking/expired", "booking/cancelled"],
  },
  async ({ event: { data }, step }) => {
    await step.run("close", () => closeCheckout(data.bookingId));
  },
);
