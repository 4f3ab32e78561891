import { Prisma } from "@/generated/prisma/client";
import { db } from "../platform/db";
import { inngest } from "./client";

const BATCH = 200;
const LEASE_SECONDS = 30;

/** The oldest rows that no other relay has in hand. */
const takeable = Prisma.sql`
  SELECT id FROM outbox WHERE leased_until IS NULL OR leased_until < clock_timestamp()
   ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;

/**
 * Hands outbox rows to the embedded engine: one statement takes them out and puts them in under
 * their own ids, so that each is handed over exactly once however many relays run or die.
 * @returns how many rows were handed over.
 */
export async function relayToEngine(): Promise<number> {
  const [row] = await db.$queryRaw<Array<{ count: number }>>`
    WITH taken AS (DELETE FROM outbox WHERE id IN (${takeable}) RETURNING id, name, data, created_at),
    handed AS (
      INSERT INTO job_events (id, name, data, occurred_at)
      SELECT id::text, name, data, created_at FROM taken ON CONFLICT (id) DO NOTHING),
    -- Was given over to an Inngest server, which never got it: it goes on here, where it was.
    revived AS (
      UPDATE job_runs r SET status = 'QUEUED', ended_at = NULL FROM taken t
       WHERE r.event_id = t.id::text AND r.status = 'HANDED_OVER')
    SELECT count(*)::int AS count FROM taken`;
  return row?.count ?? 0;
}

type Taken = { id: string; name: string; data: Record<string, unknown>; created_at: Date };

/**
 * Sends outbox rows to an Inngest server under their own ids and deletes them once it has them. No
 * transaction waits for the network: a lease keeps other relays away, and after a crash the rows go
 * out again under the same ids, which the server knows.
 * @returns how many rows were sent.
 */
export async function relayToServer(): Promise<number> {
  const taken = await db.$queryRaw<Taken[]>`
    UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     WHERE id IN (${takeable}) RETURNING id::text, name, data, created_at`;
  if (taken.length === 0) return 0;
  const ids = taken.map(({ id }) => id);
  try {
    await inngest.send(
      taken.map(({ id, name, data, created_at }) => ({ id, name, data, ts: created_at.getTime() })),
    );
  } catch (error) {
    await db.$executeRaw`UPDATE outbox SET leased_until = NULL WHERE id = ANY(${ids}::uuid[])`;
    throw error;
  }
  await db.$executeRaw`DELETE FROM outbox WHERE id = ANY(${ids}::uuid[])`;
  return taken.length;
}
