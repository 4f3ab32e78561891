import { db } from "../platform/db";
import { inngest } from "./client";

const PURGE_BATCH = 5000;

/** Deletes batch by batch, so that no statement holds its locks for long. */
async function purge(batch: () => Promise<number>): Promise<number> {
  let purged = 0;
  for (let count = PURGE_BATCH; count === PURGE_BATCH; purged += count) count = await batch();
  return purged;
}

/** The contract keeps an idempotency key for 24 hours. */
export const purgeIdempotencyKeys = inngest.createFunction(
  { id: "purge-idempotency-keys", triggers: [{ cron: "17 * * * *" }] },
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
 * Forgets runs that nobody asks for any more: a tick's after a day, another's after 30, a failed
 * one's after 90. Their rows also kept an event from arriving twice, which so late it does not.
 */
export const purgeJobHistory = inngest.createFunction(
  { id: "purge-job-history", triggers: [{ cron: "41 2 * * *" }] },
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
    // The newest tick of each function stays: it tells that the function has ticked before.
    const ticks = await step.run(
      "ticks",
      () => db.$executeRaw`
        DELETE FROM job_ticks t WHERE tick < app_now() - interval '7 days'
           AND EXISTS (SELECT FROM job_ticks n WHERE n.function_id = t.function_id AND n.tick > t.tick)`,
    );
    return { runs, events, ticks };
  },
);
