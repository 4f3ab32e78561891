import { createJob } from "../job-engine/create-job";
import { db } from "../platform/db";
import { summariseRefusals, writeCheckpoint } from "./commands";

const MONTHS_AHEAD = 3;

/** Creates the monthly partitions of the audit log in advance. Otherwise entries go to the default partition. */
export const makeAuditPartitions = createJob(
  { id: "make-audit-partitions", cron: "7 1 * * *" },
  ({ step }) =>
    step.run("make", async () => {
      const [row] = await db.$queryRaw<Array<{ made: number }>>`
        SELECT audit_ensure_partitions(${MONTHS_AHEAD}::int) AS made`;
      return row?.made ?? 0;
    }),
);

/** Writes a signed checkpoint every hour. The run's id is the key, so a retry does not add another. */
export const checkpointAudit = createJob(
  { id: "checkpoint-audit", retries: 3, cron: "0 * * * *" },
  async ({ runId, step }) => step.run("sign", () => writeCheckpoint(runId)),
);

/** Writes the counts of further refusals into the audit log every minute. */
export const countRefusals = createJob(
  { id: "count-refusals", retries: 0, cron: "* * * * *" },
  ({ step }) => step.run("summarise", () => summariseRefusals()),
);
