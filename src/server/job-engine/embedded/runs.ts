import { db } from "../../platform/db";
import { uuidv7 } from "../../platform/ids";

/** Who may write a run's outcome, and for how long without a heartbeat. */
export type Lease = { runId: string; token: string; leaseSeconds: number };

export type ClaimedRun = Lease & {
  functionId: string;
  event: Record<string, unknown>;
  attempt: number;
  /** Processes that died on what the run is at. */
  lost: number;
  /** Never begun, so that it has no steps yet. */
  isNew: boolean;
};

type ClaimRow = {
  id: string;
  function_id: string;
  event: Record<string, unknown>;
  attempt: number;
  lost: number;
  is_new: boolean;
};

/** Takes up to `limit` due runs that nobody holds. A lease that ran out is noted as a lost try. */
export async function claimRuns(
  functionIds: string[],
  limit: number,
  leaseSeconds: number,
): Promise<ClaimedRun[]> {
  const token = uuidv7();
  const rows = await db.$queryRaw<ClaimRow[]>`
    WITH due AS (
      SELECT id, status, started_at IS NULL AS is_new FROM job_runs
       WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()
         AND (leased_until IS NULL OR leased_until < clock_timestamp())
         AND function_id = ANY(${functionIds}::text[])
       ORDER BY due_at LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE job_runs r
         SET status = 'RUNNING', lease_token = ${token}::uuid, lost = r.lost + (d.status = 'RUNNING')::int,
             leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8),
             started_at = coalesce(r.started_at, app_now())
        FROM due d WHERE r.id = d.id
      RETURNING r.id, r.function_id, r.event, r.attempt, r.lost, d.status AS was, d.is_new),
    noted AS (
      INSERT INTO job_attempts (run_id, attempt, outcome)
      SELECT id, attempt, 'LOST' FROM claimed WHERE was = 'RUNNING')
    SELECT id::text, function_id, event, attempt, lost, is_new FROM claimed`;
  return rows.map(({ id, function_id, is_new, ...rest }) => {
    const lease = { runId: id, token, leaseSeconds };
    return { ...lease, functionId: function_id, isNew: is_new, ...rest };
  });
}

/** Keeps a lease while a move is being made. @returns false where it was lost or the run ended. */
export async function extendLease({ runId, token, leaseSeconds }: Lease): Promise<boolean> {
  const held = await db.$executeRaw`
    UPDATE job_runs SET leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
     WHERE id = ${runId}::uuid AND lease_token = ${token}::uuid AND status = 'RUNNING'`;
  return held > 0;
}

/** Gives a run back as it is, for whoever comes next; for a graceful stop. */
export async function releaseRun({ runId, token }: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE job_runs SET status = 'QUEUED', lease_token = NULL, leased_until = NULL
     WHERE id = ${runId}::uuid AND lease_token = ${token}::uuid`;
}

/** Lets a run wait for the first of its open steps: a sleep, or a step's next try. */
export async function parkRun({ runId, token }: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE job_runs r
       SET status = CASE WHEN w.sleeping THEN 'SLEEPING' ELSE 'QUEUED' END::job_run_status,
           due_at = w.due_at, lost = 0, lease_token = NULL, leased_until = NULL
      FROM (SELECT coalesce(min(due_at), app_now()) AS due_at, bool_and(status = 'SLEEPING') AS sleeping
              FROM job_steps WHERE run_id = ${runId}::uuid AND status IN ('PLANNED', 'SLEEPING')) w
     WHERE r.id = ${runId}::uuid AND r.lease_token = ${token}::uuid`;
}

export type Step = {
  id: string;
  name: string;
  status: "PLANNED" | "SLEEPING" | "COMPLETED" | "FAILED";
  attempt: number;
  data: unknown;
  error: unknown;
  due: boolean;
};

/** A run's steps in the order in which they ended; sleeps that are over end here. */
export async function readSteps(runId: string): Promise<Step[]> {
  const read = () =>
    db.$queryRaw<Step[]>`
      SELECT id, name, status::text AS status, attempt, data, error,
             coalesce(due_at <= app_now(), false) AS due
        FROM job_steps WHERE run_id = ${runId}::uuid ORDER BY position, created_at, id`;
  const steps = await read();
  if (!steps.some(({ status, due }) => status === "SLEEPING" && due)) return steps;
  await db.$executeRaw`
    UPDATE job_steps s SET status = 'COMPLETED', ended_at = app_now(), position = o.position
      FROM (SELECT id, (SELECT coalesce(max(position), 0) FROM job_steps WHERE run_id = ${runId}::uuid)
                       + row_number() OVER (ORDER BY due_at, id) AS position
              FROM job_steps
             WHERE run_id = ${runId}::uuid AND status = 'SLEEPING' AND due_at <= app_now()) o
     WHERE s.run_id = ${runId}::uuid AND s.id = o.id`;
  return read();
}
