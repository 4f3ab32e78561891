import { createJob } from "../job-engine/create-job";
import { db } from "../platform/db";
import { summariseRefusals, writeCheckpoint } from "./commands";

const MONTHS_AHEAD = 3;

/** Makes the audit log's monthly partitions ahead of time; without them entries go to the default one. */
export const makeAuditPartitions = createJob(
  { id: "make-audit-partitions", cron: "7 1 * * *" },
  ({ step }) =>
    step.run("make", async () => {
      const [row] = await db.$queryRaw<Array<{ made: number }>>`
        SELECT audit_ensure_partitions(${MONTHS_AHEAD}::int) AS made`;
      return row?.made ?? 0;
    }),
);

/** A signed checkpoint each hour, one a run. */
export const checkpointAudit = createJob(
  { id: "checkpoint-audit", retries: 3, cron: "0 * * * *" },
  async ({ runId, step }) => step.run("sign", () => writeCheckpoint(runId)),
);

/** Puts the further refusals of each minute into the log. */
export const countRefusals = createJob(
  { id: "count-refusals", retries: 0, cron: "* * * * *" },
  ({ step }) => step.run("summarise", () => summariseRefusals()),
);
