import { db } from "../../platform/db";
import type { Lease } from "./runs";

export type StoredError = { name: string; message: string };

type StepResult = {
  id: string;
  name: string;
  status: "SLEEPING" | "COMPLETED" | "FAILED";
  attempt: number;
  data?: unknown;
  error?: StoredError;
};

type Try = {
  /** Null for the code between steps. */
  stepName: string | null;
  attempt: number;
  outcome: "COMPLETED" | "FAILED";
  error?: StoredError;
  ms: number;
};

/** What one call of a job led to. RUNNING keeps the lease; every other status gives it up. */
export type Outcome = {
  status: "RUNNING" | "QUEUED" | "SLEEPING" | "COMPLETED" | "FAILED";
  /** Failed tries of the current step. */
  attempt: number;
  /** When the run continues: at an instant, or after a delay. At once unless one of them is given. */
  dueAt?: string;
  delayMs?: number;
  step?: StepResult;
  tried?: Try;
  output?: unknown;
  error?: StoredError;
};

const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/**
 * Saves an outcome in one statement, if the lease is still held.
 * @returns false if it is not: the run was cancelled, or another process has claimed it.
 */
export async function saveOutcome(lease: Lease, outcome: Outcome): Promise<boolean> {
  const { runId, token, leaseSeconds } = lease;
  const { status, attempt, delayMs = 0, step, tried } = outcome;
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
      RETURNING id, due_at),
    step AS (
      INSERT INTO job_steps (run_id, id, name, status, attempt, due_at, data, error, ended_at, position)
      SELECT h.id, s.id, s.name, s.status::job_step_status, s.attempt, h.due_at, s.data, s.error,
             CASE WHEN s.status <> 'SLEEPING' THEN app_now() END,
             CASE WHEN s.status <> 'SLEEPING' THEN
               (SELECT coalesce(max(position), 0) + 1 FROM job_steps WHERE run_id = h.id) END
        FROM held h, jsonb_to_record(${json(step)}::jsonb) AS s(
             id text, name text, status text, attempt int, data jsonb, error jsonb)
       WHERE ${step !== undefined}
      ON CONFLICT (run_id, id) DO NOTHING),
    tried AS (
      INSERT INTO job_attempts (run_id, step_name, attempt, outcome, error, ms)
      SELECT h.id, t."stepName", t.attempt, t.outcome::job_attempt_outcome, t.error, t.ms
        FROM held h, jsonb_to_record(${json(tried)}::jsonb) AS t(
             "stepName" text, attempt int, outcome text, error jsonb, ms int)
       WHERE ${tried !== undefined})
    SELECT id FROM held`;
  return saved !== undefined;
}
