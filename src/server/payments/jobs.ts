import { createJob } from "../job-engine/create-job";
import { closeCheckout } from "./commands/checkout";
import { carryOutRefund } from "./commands/refund";

/** Carries out a refund as soon as it is requested. The sweep takes over if all retries fail. */
export const refundPayment = createJob(
  { id: "refund-payment", retries: 5, events: ["payment/refund.requested"] },
  async ({ event: { data }, step }) => {
    await step.run("refund", () => carryOutRefund(data.refundId));
  },
);

/**
 * Tries a refund again that the gateway could not carry out. If the job fails, it stays in the admin's
 * list of jobs, and the sweep tries again every hour.
 */
export const retryFailedRefund = createJob(
  { id: "retry-failed-refund", retries: 5, events: ["payment/refund.failed"] },
  async ({ event: { data }, step }) => {
    await step.run("refund-again", () => carryOutRefund(data.refundId));
  },
);

/** Closes the checkout of a hold that has ended, so that nobody pays for it. */
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
