import { Prisma } from "@/generated/prisma/client";
import { db } from "../platform/db";
import { restoreEventsSql } from "../platform/outbox";

const UNFINISHED = Prisma.sql`status IN ('QUEUED', 'RUNNING', 'SLEEPING')`;

/** An outbox row's id is a UUID; what functions send to each other has other ids and stays. */
const UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/**
 * Gives what the embedded engine has not finished to the Inngest server: its events go into the
 * outbox again, under their own ids and with their own times, and its runs are marked. One statement,
 * so that a crash leaves all or nothing and of two processes each run is given over by one. A run
 * that a process still holds is left alone until its lease is over. A tick's run has no event to send:
 * the server's clock makes its own.
 * @returns how many events were given over.
 */
export async function handOver(): Promise<number> {
  return db.$executeRaw`
    WITH handed AS (
      UPDATE job_runs SET status = 'HANDED_OVER', ended_at = app_now(), lease_token = NULL, leased_until = NULL
       WHERE id IN (
         SELECT id FROM job_runs
          WHERE ${UNFINISHED} AND (event_id ~ ${UUID} OR event_id LIKE 'tick:%')
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)
      RETURNING event_id AS id, event->>'name' AS name, event->'data' AS data, occurred_at),
    undelivered AS (
      DELETE FROM job_events WHERE id IN (
        SELECT id FROM job_events WHERE delivered_at IS NULL AND id ~ ${UUID} FOR UPDATE SKIP LOCKED)
      RETURNING id, name, data, occurred_at)
    ${restoreEventsSql(Prisma.sql`
      SELECT DISTINCT ON (id) id::uuid, name, data, occurred_at
        FROM (SELECT * FROM handed WHERE id NOT LIKE 'tick:%' UNION ALL SELECT * FROM undelivered) e`)}`;
}

/** Runs of the embedded engine that nobody drives: all of them where a server runs the functions. */
export const strandedRuns = (isEmbedded: boolean): Prisma.Sql =>
  isEmbedded
    ? Prisma.sql`
        SELECT due_at FROM job_runs
         WHERE ${UNFINISHED} AND (leased_until IS NULL OR leased_until < clock_timestamp())`
    : Prisma.sql`SELECT created_at AS due_at FROM job_runs WHERE ${UNFINISHED}`;
