import { createJob } from "../job-engine/create-job";
import { deleteOldSignUps } from "./commands/confirm";

/** Deletes old registrations, with their password hashes. Job runs are stored under the id, so the id stays. */
export const deleteSignUps = createJob({ id: "forget-sign-ups", cron: "23 3 * * *" }, ({ step }) =>
  step.run("forget", () => deleteOldSignUps()),
);
