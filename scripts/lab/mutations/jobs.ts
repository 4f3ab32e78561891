import type { Mutation } from "./list";

const SWEEP = "src/server/platform/sweep.ts";
const HANDOVER = "src/server/job-engine/handover.ts";
const OWED_SQL = "prisma/migrations/20261130070100_owed_messages/migration.sql";

/** Guards of what rows owe, whatever becomes of a job engine. */
export const JOB_MUTATIONS: Mutation[] = [
  {
    says: "no process sweeps",
    file: "src/server/job-engine/index.ts",
    find: "    await sweeper.pass();\n",
    replace: "",
    tests: ["integration/jobs/lost-engine"],
  },
  {
    says: "every process does every sweep",
    file: SWEEP,
    find: `SET next_at = excluded.next_at WHERE \${isDue("s")}`,
    replace: "SET next_at = excluded.next_at",
    tests: ["integration/jobs/sweeps"],
  },
  {
    says: "a sweep that takes long is begun again beside itself",
    file: SWEEP,
    find: "sweeps.filter(({ name }) => !running.has(name))",
    replace: "sweeps",
    tests: ["integration/jobs/sweeps"],
  },
  {
    says: "a clock that was moved back stops a sweep",
    file: SWEEP,
    find: "> app_now() + interval '1 hour'",
    replace: "IS NULL",
    tests: ["integration/jobs/sweeps"],
  },
  {
    says: "a refund that failed is tried again at every sweep",
    file: "src/server/payments/commands/reconcile.ts",
    find: "  if (!is_due) return false;\n",
    replace: "  if (is_due === null) return false;\n",
    tests: ["integration/jobs/sweeps-stripe"],
  },
  {
    says: "a run is given over while a process has it in hand",
    file: HANDOVER,
    find: `
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)`,
    replace: `
          FOR UPDATE SKIP LOCKED)`,
    tests: ["integration/jobs/handover"],
  },
  {
    says: "an event that no run was made for stays with the embedded engine",
    file: HANDOVER,
    find: "WHERE delivered_at IS NULL AND id ~",
    replace: "WHERE false AND id ~",
    tests: ["integration/jobs/handover"],
  },
  {
    says: "a run that was given over in vain never goes on",
    file: "src/server/job-engine/relay.ts",
    find: "r.status = 'HANDED_OVER'",
    replace: "r.status = 'FAILED'",
    tests: ["integration/jobs/handover"],
  },
  {
    says: "a confirmed booking owes no reminder",
    file: OWED_SQL,
    find: "WHERE NEW.status = 'CONFIRMED' AND NEW.starts_at - r.before > app_now()) m",
    replace: "WHERE false) m",
    tests: ["reminders"],
  },
  {
    says: "the reminders of a time that is off stay owed",
    file: OWED_SQL,
    find: "IF OLD.status = 'CONFIRMED' AND (moved OR NEW.status = 'CANCELLED') THEN",
    replace: "IF false THEN",
    tests: ["reminders"],
  },
];
