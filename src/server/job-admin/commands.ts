import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { AppError } from "../platform/errors";
import type { Tx } from "../platform/transaction";
import { getJob } from "./queries";
import type { JobDetail } from "./schema";

/**
 * Restarts a failed run at the step that failed. The results of earlier steps are kept.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION for a run that has not failed.
 */
export async function retryJob(tx: Tx, actor: Actor, runId: string): Promise<JobDetail> {
  const restarted = await tx.$queryRaw<unknown[]>`
    WITH restarted AS (
      UPDATE job_runs SET status = 'QUEUED', attempt = 0, lost = 0, retries = retries + 1,
             due_at = app_now(), error = NULL, ended_at = NULL
       WHERE id = ${runId}::uuid AND status = 'FAILED' RETURNING id),
    deleted AS (
      DELETE FROM job_steps s USING restarted r WHERE s.run_id = r.id AND s.status = 'FAILED')
    SELECT id FROM restarted`;
  if (restarted.length === 0) {
    await getJob(runId, tx);
    throw new AppError("ILLEGAL_TRANSITION");
  }
  await audit(tx, actor, { action: "job.retried", entityType: "job", entityId: runId });
  return getJob(runId, tx);
}
