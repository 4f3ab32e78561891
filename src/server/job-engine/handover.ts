import { Prisma } from "@/generated/prisma/client";
import { db } from "../platform/db";
import { restoreEventsSql } from "../platform/outbox";

const UNFINISHED = Prisma.sql`status IN ('QUEUED', 'RUNNING', 'SLEEPING')`;

/**
 * Hands the unfinished work of the embedded engine over to the Inngest server: writes its events into
 * the outbox again, with their ids and times, and marks its runs HANDED_OVER. One statement, so that a
 * crash leaves all or nothing, and each run is handed over by one process only. A run with a lease is
 * skipped until the lease ends. A tick's run has no event in the outbox: the server makes its own ticks.
 * @returns how many events were handed over.
 */
export async function handOver(): Promise<number> {
  return db.$executeRaw`
    WITH handed AS (
      UPDATE job_runs SET status = 'HANDED_OVER', ended_at = app_now(), lease_token = NULL, leased_until = NULL
       WHERE id IN (
         SELECT id FROM job_runs
          WHERE ${UNFINISHED}
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)
      RETURNING event_id AS id, event->>'name' AS name, event->'data' AS data, occurred_at),
    undelivered AS (
      DELETE FROM job_events WHERE id IN (
        SELECT id FROM job_events WHERE delivered_at IS NULL FOR UPDATE SKIP LOCKED)
      RETURNING id, name, data, occurred_at)
    ${restoreEventsSql(Prisma.sql`
      SELECT DISTINCT ON (id) id::uuid, name, data, occurred_at
        FROM (SELECT * FROM handed WHERE id NOT LIKE 'tick:%' UNION ALL SELECT * FROM undelivered) e`)}`;
}

/** Selects the unfinished runs that no process drives. With an Inngest server these are all of them. */
export const strandedRuns = (isEmbedded: boolean): Prisma.Sql =>
  isEmbedded
    ? Prisma.sql`
        SELECT due_at FROM job_runs
         WHERE ${UNFINISHED} AND (leased_until IS NULL OR leased_until < clock_timestamp())`
    : Prisma.sql`SELECT created_at AS due_at FROM job_runs WHERE ${UNFINISHED}`;
