import { createJob } from "../job-engine/create-job";
import { purgeSignUps } from "./commands/confirm";

/** Deletes old registrations, with their password hashes. */
export const forgetSignUps = createJob({ id: "forget-sign-ups", cron: "23 3 * * *" }, ({ step }) =>
  step.run("forget", () => purgeSignUps()),
);
