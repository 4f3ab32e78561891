import { Prisma } from "@/generated/prisma/client";
import { db } from "../platform/db";
import { inngest } from "./client";

const BATCH = 200;
const LEASE_SECONDS = 30;

/** Selects the oldest rows that no other relay has leased. */
const available = Prisma.sql`
  SELECT id FROM outbox WHERE leased_until IS NULL OR leased_until < clock_timestamp()
   ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;

/**
 * Moves outbox rows to the embedded engine, with their ids. One statement deletes and inserts them, so
 * that each event is moved exactly once, even if several relays run or one crashes.
 * @returns how many rows were moved.
 */
export async function relayToEngine(): Promise<number> {
  const [row] = await db.$queryRaw<Array<{ count: number }>>`
    WITH taken AS (DELETE FROM outbox WHERE id IN (${available}) RETURNING id, name, data, created_at),
    moved AS (
      INSERT INTO job_events (id, name, data, occurred_at)
      SELECT id::text, name, data, created_at FROM taken ON CONFLICT (id) DO NOTHING),
    -- The run was handed over to an Inngest server that never received its event: continue it here.
    continued AS (
      UPDATE job_runs r SET status = 'QUEUED', ended_at = NULL FROM taken t
       WHERE r.event_id = t.id::text AND r.status = 'HANDED_OVER')
    SELECT count(*)::int AS count FROM taken`;
  return row?.count ?? 0;
}

type Taken = { id: string; name: string; data: Record<string, unknown>; created_at: Date };

/**
 * Sends outbox rows to an Inngest server, with their ids, and deletes them after it has accepted them. A
 * lease excludes other relays, so that no transaction waits for the network. After a crash the rows are
 * sent again, and the server ignores ids that it has received before.
 * @returns how many rows were sent.
 */
export async function relayToServer(): Promise<number> {
  const taken = await db.$queryRaw<Taken[]>`
    UPDATE outbox SET leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     WHERE id IN (${available}) RETURNING id::text, name, data, created_at`;
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
