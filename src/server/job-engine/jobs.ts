import { db } from "../platform/db";
import { createJob } from "./create-job";

const PURGE_BATCH = 5000;

/** Deletes in batches, so that no statement holds its locks for long. @returns the number of rows. */
async function purge(batch: () => Promise<number>): Promise<number> {
  let purged = 0;
  for (let count = PURGE_BATCH; count === PURGE_BATCH; purged += count) count = await batch();
  return purged;
}

/** Deletes idempotency keys after the 24 hours that the contract promises. */
export const purgeIdempotencyKeys = createJob(
  { id: "purge-idempotency-keys", cron: "17 * * * *" },
  ({ step }) =>
    step.run("purge", () =>
      purge(
        () => db.$executeRaw`
          DELETE FROM idempotency_keys WHERE (user_id, procedure, key) IN (
            SELECT user_id, procedure, key FROM idempotency_keys
             WHERE created_at < app_now() - interval '24 hours' LIMIT ${PURGE_BATCH})`,
      ),
    ),
);

/**
 * Deletes old runs: a tick's after a day, an event's after 30 days, a failed run after 90 days. A run's
 * row also prevents a second run for the same event; no event is delivered again so late.
 */
export const purgeJobHistory = createJob(
  { id: "purge-job-history", cron: "41 2 * * *" },
  async ({ step }) => {
    const runs = await step.run("runs", () =>
      purge(
        () => db.$executeRaw`
          DELETE FROM job_runs WHERE id IN (
            SELECT id FROM job_runs
             WHERE ended_at < app_now() - CASE WHEN status = 'FAILED' THEN interval '90 days'
                     WHEN event_id LIKE 'tick:%' THEN interval '1 day' ELSE interval '30 days' END
             LIMIT ${PURGE_BATCH})`,
      ),
    );
    const events = await step.run("events", () =>
      purge(
        () => db.$executeRaw`
          DELETE FROM job_events WHERE id IN (
            SELECT id FROM job_events WHERE delivered_at < app_now() - interval '30 days'
             LIMIT ${PURGE_BATCH})`,
      ),
    );
    // Keep the newest tick of each job: it shows that the job has ticked before (see startTick).
    const ticks = await step.run(
      "ticks",
      () => db.$executeRaw`
        DELETE FROM job_ticks t WHERE tick < app_now() - interval '7 days'
           AND EXISTS (SELECT FROM job_ticks n WHERE n.function_id = t.function_id AND n.tick > t.tick)`,
    );
    return { runs, events, ticks };
  },
);
