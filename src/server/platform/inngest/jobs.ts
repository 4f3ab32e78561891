import { db } from "../db";
import { logger } from "../logger";
import { inngest } from "./client";
import { jobMode } from "./mode";
import { relayToEngine, relayToServer } from "./relay";

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

/** Carries outbox rows that a relay left behind, and says aloud which runs nobody takes up. */
export const sweepLostWork = inngest.createFunction(
  { id: "sweep-lost-work", triggers: [{ cron: "* * * * *" }], retries: 0 },
  async ({ step }) => {
    const relay = jobMode().kind === "embedded" ? relayToEngine : relayToServer;
    const relayed = await step.run("relay", async () => {
      let total = 0;
      for (let count = 1; count > 0; total += count) count = await relay();
      return total;
    });
    const overdue = await step.run("overdue", async () => {
      const rows = await db.$queryRaw<Array<{ function_id: string; count: number }>>`
        SELECT function_id, count(*)::int AS count FROM job_runs
         WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at < app_now() - interval '5 minutes'
           AND (leased_until IS NULL OR leased_until < clock_timestamp())
         GROUP BY function_id`;
      if (rows.length > 0) logger.warn({ overdue: rows }, "job runs wait and nobody takes them up");
      return rows.length;
    });
    return { relayed, overdue };
  },
);
