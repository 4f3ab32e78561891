import { cron } from "inngest";
import { event, inngest } from "../platform/inngest/client";
import { reconcilePayments } from "./commands/reconcile";
import { carryOutRefund } from "./commands/refund";

/** Gives money back as soon as it is owed. What stays PENDING after the retries, reconciliation takes up. */
export const refundPayment = inngest.createFunction(
  { id: "refund-payment", retries: 5, triggers: [event("payment/refund.requested")] },
  async ({ event: { data }, step }) => {
    await step.run("refund", () => carryOutRefund(data.refundId));
  },
);

/** Heals whatever is paid at the gateway and open here, or the other way round. */
export const reconcile = inngest.createFunction(
  { id: "reconcile-payments", retries: 0, triggers: [cron("*/5 * * * *")] },
  async ({ step }) => step.run("reconcile", () => reconcilePayments()),
);
