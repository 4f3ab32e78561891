import { db } from "../../platform/db";
import type { Catalog } from "./catalog";

const DELIVERY_BATCH = 200;

/**
 * Starts a run of each job that a waiting event triggers. One statement, so that all runs of an event
 * start or none. A second delivery starts nothing, because (function, event) is unique.
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
 * Cancels the runs whose cancelling event occurred after the event that started them. The engine calls
 * this after every delivery and once a minute: of two simultaneous deliveries, at least the later one
 * sees both events.
 * @returns how many runs were cancelled.
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
 * Records a tick of a cron job and starts its run. Of all processes, the one that inserts the row
 * starts the run.
 * @param onlyIfKnown ignores a job that has never ticked, so that the first start of the app does not
 *   run a tick from before it.
 * @returns whether this process started the run.
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
