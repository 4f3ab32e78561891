import { createJob } from "../job-engine/create-job";
import { purgeSignUps } from "./commands/confirm";

/** Forgets registrations that count for nothing any more, with the passwords that were chosen. */
export const forgetSignUps = createJob({ id: "forget-sign-ups", cron: "23 3 * * *" }, ({ step }) =>
  step.run("forget", () => purgeSignUps()),
);
