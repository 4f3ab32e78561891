import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { AppError } from "../platform/errors";
import type { Tx } from "../platform/transaction";
import { getJob } from "./queries";
import type { JobDetail } from "./schema";

/**
 * Starts a failed run again where it failed: what its steps gave is kept, the failed ones are tried
 * anew. @throws NOT_FOUND; ILLEGAL_TRANSITION for a run that has not failed.
 */
export async function retryJob(tx: Tx, actor: Actor, runId: string): Promise<JobDetail> {
  const revived = await tx.$queryRaw<unknown[]>`
    WITH revived AS (
      UPDATE job_runs SET status = 'QUEUED', attempt = 0, lost = 0, retries = retries + 1,
             due_at = app_now(), error = NULL, ended_at = NULL
       WHERE id = ${runId}::uuid AND status = 'FAILED' RETURNING id),
    forgotten AS (
      DELETE FROM job_steps s USING revived r WHERE s.run_id = r.id AND s.status = 'FAILED'),
    planned AS (
      UPDATE job_steps s SET attempt = 0, due_at = app_now()
        FROM revived r WHERE s.run_id = r.id AND s.status = 'PLANNED')
    SELECT id FROM revived`;
  if (revived.length === 0) {
    await getJob(runId, tx);
    throw new AppError("ILLEGAL_TRANSITION");
  }
  await audit(tx, actor, { action: "job.retried", entityType: "job", entityId: runId });
  return getJob(runId, tx);
}
