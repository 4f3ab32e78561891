import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { z } from "zod";
import { db } from "../../platform/db";
import { uuidv7 } from "../../platform/ids";
import type { Catalog } from "./catalog";

/** The move that is being made: events sent in it get ids that its repetition gives them again. */
export const currentMove = new AsyncLocalStorage<{ seed: string; sent: number }>();

const FUTURE_MS = 60_000;

const sentEvents = z.array(
  z.object({
    name: z.string().refine((name) => !name.startsWith("inngest/"), "reserved name"),
    data: z.record(z.string(), z.unknown()),
    id: z.string().max(255).optional(),
    ts: z.number().optional(),
  }),
);

/** An id for an event that was sent without one: the same for the same send of the same move. */
function idFor(event: { name: string; data: unknown }): string {
  const move = currentMove.getStore();
  if (!move) return uuidv7();
  const text = JSON.stringify([move.seed, move.sent++, event.name, event.data]);
  return createHash("sha256").update(text).digest("base64url");
}

/** Takes what functions send (`step.sendEvent`, `inngest.send`). @returns the events' ids. */
export async function receiveEvents(payload: unknown): Promise<string[]> {
  const events = sentEvents.parse(payload).map((event) => {
    if ((event.ts ?? 0) > Date.now() + FUTURE_MS) {
      throw new Error(`The embedded job engine does not offer events of the future: ${event.name}`);
    }
    return { id: event.id ?? idFor(event), name: event.name, data: event.data };
  });
  await db.$executeRaw`
    INSERT INTO job_events (id, name, data)
    SELECT id, name, data FROM jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
      AS sent(id text, name text, data jsonb)
    ON CONFLICT (id) DO NOTHING`;
  return events.map(({ id }) => id);
}

const DELIVERY_BATCH = 200;

/**
 * Starts a run for each function that a waiting event triggers. One statement, so that an event is
 * delivered whole or not at all; unique (function, event) makes a second delivery come to nothing.
 * @returns how many events were delivered.
 */
export async function deliverEvents({ triggers, cancellations }: Catalog): Promise<number> {
  return db.$executeRaw`
    WITH waiting AS (
      SELECT id, name, data, occurred_at FROM job_events WHERE delivered_at IS NULL
       ORDER BY occurred_at, id LIMIT ${DELIVERY_BATCH} FOR UPDATE SKIP LOCKED),
    started AS (
      INSERT INTO job_runs (function_id, event_id, event, occurred_at)
      SELECT t.function_id, w.id, jsonb_build_object('id', w.id, 'name', w.name, 'data', w.data,
               'ts', floor(extract(epoch FROM w.occurred_at) * 1000)::bigint), w.occurred_at
        FROM waiting w
        JOIN jsonb_to_recordset(${triggers}::jsonb) AS t(event text, function_id text) ON t.event = w.name
      ON CONFLICT (function_id, event_id) DO NOTHING RETURNING id, function_id, event),
    ends AS (
      INSERT INTO job_cancellations (key, run_id)
      SELECT DISTINCT job_cancellation_key(c.event, c.path, s.event), s.id
        FROM started s
        JOIN jsonb_to_recordset(${cancellations}::jsonb) AS c(function_id text, event text, path text[])
          ON c.function_id = s.function_id
       WHERE job_cancellation_key(c.event, c.path, s.event) IS NOT NULL)
    UPDATE job_events e SET delivered_at = app_now() FROM waiting w WHERE e.id = w.id`;
}

/**
 * Ends the runs whose cancelling event came after the event that started them. Called after every
 * delivery and by the sweep: of two deliveries at once, at least the later one sees both.
 * @returns how many runs were ended.
 */
export async function cancelRuns({ cancellations }: Catalog, lookBackMinutes: number) {
  return db.$executeRaw`
    WITH hit AS (
      SELECT DISTINCT k.run_id, e.occurred_at, e.id
        FROM (SELECT DISTINCT event, path
                FROM jsonb_to_recordset(${cancellations}::jsonb) AS c(event text, path text[])) c
        JOIN job_events e ON e.name = c.event
         AND e.delivered_at > app_now() - make_interval(mins => ${lookBackMinutes}::int)
        JOIN job_cancellations k ON k.key = job_cancellation_key(c.event, c.path,
             jsonb_build_object('name', e.name, 'data', e.data)))
    UPDATE job_runs r
       SET status = 'CANCELLED', ended_at = app_now(), lease_token = NULL, leased_until = NULL
      FROM hit h
     WHERE r.id = h.run_id AND r.event_id <> h.id AND h.occurred_at > r.occurred_at
       AND r.status IN ('QUEUED', 'RUNNING', 'SLEEPING')`;
}

/**
 * Records a tick of a cron function and starts its run: of all processes, the one that writes the
 * row. @param onlyIfKnown leaves a function alone that has never ticked, so that a first start does
 * not make up for ticks that never were.
 */
export async function startTick(
  functionId: string,
  expression: string,
  tick: Date,
  onlyIfKnown: boolean,
): Promise<boolean> {
  const started = await db.$executeRaw`
    WITH ticked AS (
      INSERT INTO job_ticks (function_id, tick)
      SELECT ${functionId}, ${tick}::timestamptz
       WHERE NOT ${onlyIfKnown} OR EXISTS (SELECT FROM job_ticks WHERE function_id = ${functionId})
      ON CONFLICT DO NOTHING RETURNING tick)
    INSERT INTO job_runs (function_id, event_id, event, occurred_at)
    SELECT ${functionId}, id, jsonb_build_object('id', id, 'name', 'inngest/scheduled.timer',
             'data', jsonb_build_object('cron', ${expression}::text),
             'ts', (extract(epoch FROM tick) * 1000)::bigint), tick
      FROM ticked, LATERAL (SELECT 'tick:' || extract(epoch FROM tick)::bigint AS id) i
    ON CONFLICT (function_id, event_id) DO NOTHING`;
  return started > 0;
}
