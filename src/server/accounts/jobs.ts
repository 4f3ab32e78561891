import { inngest } from "../job-engine/client";
import { purgeSignUps } from "./commands/confirm";

/** Forgets registrations that count for nothing any more, with the passwords that were chosen. */
export const forgetSignUps = inngest.createFunction(
  { id: "forget-sign-ups", triggers: [{ cron: "23 3 * * *" }] },
  ({ step }) => step.run("forget", () => purgeSignUps()),
);
