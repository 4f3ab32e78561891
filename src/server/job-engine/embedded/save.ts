import { db } from "../../platform/db";
import type { Lease } from "./runs";

export type StoredError = { name: string; message: string };

export type StepChange = {
  id: string;
  name: string;
  status: "PLANNED" | "SLEEPING" | "COMPLETED" | "FAILED";
  attempt: number;
  /** Due at this instant, or so long from now. */
  dueAt?: string;
  delayMs?: number;
  data?: unknown;
  error?: StoredError;
};

type Try = {
  stepName: string | null;
  attempt: number;
  outcome: "COMPLETED" | "FAILED";
  error?: StoredError;
  ms: number;
};

/** What a move came to. RUNNING goes on under the same lease; everything else gives it back. */
export type Outcome = {
  status: "RUNNING" | "QUEUED" | "SLEEPING" | "COMPLETED" | "FAILED";
  attempt: number;
  /** When to go on, where not at once: an instant, or so long from now. */
  dueAt?: string;
  delayMs?: number;
  steps: StepChange[];
  tries: Try[];
  output?: unknown;
  error?: StoredError;
  /** Of a FAILED run, the function that is told of it. */
  failure?: { functionId: string; appFunctionId: string };
};

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/**
 * Writes what a move came to, all in one statement and only while the lease is ours.
 * @returns false where it is not: the run was cancelled, or another process took it over.
 */
export async function saveOutcome(lease: Lease, outcome: Outcome): Promise<boolean> {
  const { runId, token, leaseSeconds } = lease;
  const { status, attempt, delayMs = 0, steps, tries, failure } = outcome;
  const [saved] = await db.$queryRaw<unknown[]>`
    WITH held AS (
      UPDATE job_runs
         SET status = ${status}::job_run_status, attempt = ${attempt}, lost = 0,
             due_at = coalesce(${outcome.dueAt ?? null}::timestamptz,
               app_now() + ${delayMs}::float8 * interval '1 millisecond'),
             lease_token = CASE WHEN ${status} = 'RUNNING' THEN lease_token END,
             leased_until = CASE WHEN ${status} = 'RUNNING'
               THEN clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8) END,
             output = ${json(outcome.output)}::jsonb, error = ${json(outcome.error)}::jsonb,
             ended_at = CASE WHEN ${status} IN ('COMPLETED', 'FAILED') THEN app_now() END
       WHERE id = ${runId}::uuid AND lease_token = ${token}::uuid AND status = 'RUNNING'
      RETURNING id, event, retries, occurred_at),
    steps AS (
      INSERT INTO job_steps (run_id, id, name, status, attempt, due_at, data, error, ended_at, position)
      SELECT h.id, s.id, s.name, s.status::job_step_status, s.attempt,
             coalesce(s."dueAt"::timestamptz, app_now() + coalesce(s."delayMs", 0) * interval '1 millisecond'),
             s.data, s.error,
             CASE WHEN s.status IN ('COMPLETED', 'FAILED') THEN app_now() END,
             CASE WHEN s.status IN ('COMPLETED', 'FAILED') THEN
               (SELECT coalesce(max(position), 0) + 1 FROM job_steps WHERE run_id = h.id) END
        FROM held h, jsonb_to_recordset(${json(steps)}::jsonb) AS s(
             id text, name text, status text, attempt int, "dueAt" text, "delayMs" float8, data jsonb, error jsonb)
      ON CONFLICT (run_id, id) DO UPDATE
         SET status = excluded.status, attempt = excluded.attempt, data = excluded.data,
             error = excluded.error, ended_at = excluded.ended_at, position = excluded.position,
             -- Reported anew: a sleep keeps its end, and a step its next try.
             due_at = CASE WHEN excluded.attempt > job_steps.attempt THEN excluded.due_at
                           ELSE job_steps.due_at END
       WHERE job_steps.status IN ('PLANNED', 'SLEEPING')
         AND NOT (excluded.status IN ('PLANNED', 'SLEEPING') AND excluded.attempt <= job_steps.attempt)),
    tries AS (
      INSERT INTO job_attempts (run_id, step_name, attempt, outcome, error, ms)
      SELECT h.id, t."stepName", t.attempt, t.outcome::job_attempt_outcome, t.error, t.ms
        FROM held h, jsonb_to_recordset(${json(tries)}::jsonb) AS t(
             "stepName" text, attempt int, outcome text, error jsonb, ms int)),
    failure AS (
      INSERT INTO job_runs (function_id, event_id, event, occurred_at)
      SELECT ${failure?.functionId ?? null}, i.id, jsonb_build_object('id', i.id, 'name', 'inngest/function.failed',
               'data', jsonb_build_object('function_id', ${failure?.appFunctionId ?? null}::text, 'run_id', h.id,
                 'error', ${json(outcome.error)}::jsonb, 'event', h.event),
               'ts', floor(extract(epoch FROM app_now()) * 1000)::bigint), app_now()
        FROM held h, LATERAL (SELECT 'failed:' || h.id || ':' || h.retries AS id) i
       WHERE ${failure !== undefined}
      ON CONFLICT (function_id, event_id) DO NOTHING)
    SELECT id FROM held`;
  return saved !== undefined;
}
