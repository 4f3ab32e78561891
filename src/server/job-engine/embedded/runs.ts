import { db } from "../../platform/db";
import { uuidv7 } from "../../platform/ids";

/** The right of this process to save a run's outcome. It ends without a heartbeat. */
export type Lease = { runId: string; token: string; leaseSeconds: number };

export type ClaimedRun = Lease & {
  functionId: string;
  event: Record<string, unknown>;
  attempt: number;
  /** How many processes died at the current step. */
  lost: number;
  /** Never started, so it has no steps yet. */
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

/** Claims up to `count` due runs without a lease. A lease that ran out is recorded as a LOST try. */
export async function claimRuns(
  functionIds: string[],
  count: number,
  leaseSeconds: number,
): Promise<ClaimedRun[]> {
  const token = uuidv7();
  const rows = await db.$queryRaw<ClaimRow[]>`
    WITH due AS (
      SELECT id, status, started_at IS NULL AS is_new FROM job_runs
       WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()
         AND (leased_until IS NULL OR leased_until < clock_timestamp())
         AND function_id = ANY(${functionIds}::text[])
       ORDER BY due_at LIMIT ${count} FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE job_runs r
         SET status = 'RUNNING', lease_token = ${token}::uuid, lost = r.lost + (d.status = 'RUNNING')::int,
             leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8),
             started_at = coalesce(r.started_at, app_now())
        FROM due d WHERE r.id = d.id
      RETURNING r.id, r.function_id, r.event, r.attempt, r.lost, d.status AS was, d.is_new),
    recorded AS (
      INSERT INTO job_attempts (run_id, attempt, outcome)
      SELECT id, attempt, 'LOST' FROM claimed WHERE was = 'RUNNING')
    SELECT id::text, function_id, event, attempt, lost, is_new FROM claimed`;
  return rows.map(({ id, function_id, is_new, ...rest }) => {
    const lease = { runId: id, token, leaseSeconds };
    return { ...lease, functionId: function_id, isNew: is_new, ...rest };
  });
}

/** Extends the lease while a call runs. */
export async function extendLease({ runId, token, leaseSeconds }: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE job_runs SET leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
     WHERE id = ${runId}::uuid AND lease_token = ${token}::uuid AND status = 'RUNNING'`;
}

/** Gives up the lease of an unfinished run, so that another process can claim it at once. */
export async function releaseRun({ runId, token }: Lease): Promise<void> {
  await db.$executeRaw`
    UPDATE job_runs SET status = 'QUEUED', lease_token = NULL, leased_until = NULL
     WHERE id = ${runId}::uuid AND lease_token = ${token}::uuid`;
}

export type Step = {
  id: string;
  name: string;
  status: "SLEEPING" | "COMPLETED" | "FAILED";
  data: unknown;
  error: unknown;
  due: boolean;
};

/** Returns a run's steps in the order in which they ended. Completes a sleep that is over. */
export async function readSteps(runId: string): Promise<Step[]> {
  const read = () =>
    db.$queryRaw<Step[]>`
      SELECT id, name, status::text AS status, data, error,
             coalesce(due_at <= app_now(), false) AS due
        FROM job_steps WHERE run_id = ${runId}::uuid ORDER BY position, created_at, id`;
  const steps = await read();
  if (!steps.some(({ status, due }) => status === "SLEEPING" && due)) return steps;
  await db.$executeRaw`
    UPDATE job_steps SET status = 'COMPLETED', ended_at = app_now(),
           position = (SELECT coalesce(max(position), 0) + 1 FROM job_steps WHERE run_id = ${runId}::uuid)
     WHERE run_id = ${runId}::uuid AND status = 'SLEEPING' AND due_at <= app_now()`;
  return read();
}
