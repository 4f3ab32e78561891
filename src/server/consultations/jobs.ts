import { cron } from "inngest";
import { inngest } from "../platform/inngest/client";
import { refundMissed } from "./commands";

/** The whole fee back where the doctor did not come. */
export const refundMissedConsultations = inngest.createFunction(
  { id: "refund-missed-consultations", retries: 0, triggers: [cron("*/5 * * * *")] },
  async ({ step }) => step.run("refund", () => refundMissed()),
);
