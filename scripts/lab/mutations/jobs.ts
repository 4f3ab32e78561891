import type { Mutation } from "./mutation";

const SWEEP = "src/server/platform/sweep.ts";
const HANDOVER = "src/server/job-engine/handover.ts";
const OWED_MESSAGES_SQL = "prisma/migrations/20261130070100_owed_messages/migration.sql";
const JOB_ENGINE_SERVER = "src/server/job-engine/server.ts";

/** Guards of sweeps, of the change between job engines, and of who may call the functions. */
export const JOB_MUTATIONS: Mutation[] = [
  {
    defect: "no process sweeps",
    file: "src/server/job-engine/index.ts",
    find: "    await sweeper.pass();\n",
    replace: "",
    tests: ["integration/jobs/lost-engine"],
  },
  {
    defect: "every process does every sweep",
    file: SWEEP,
    find: `SET next_at = excluded.next_at WHERE \${isDue("s")}`,
    replace: "SET next_at = excluded.next_at",
    tests: ["integration/jobs/sweeps"],
  },
  {
    defect: "a long sweep is started a second time beside itself",
    file: SWEEP,
    find: "sweeps.filter(({ name }) => !running.has(name))",
    replace: "sweeps.filter(({ name }) => name)",
    tests: ["integration/jobs/sweeps"],
  },
  {
    defect: "a clock that was set back stops a sweep",
    file: SWEEP,
    find: "> app_now() + interval '1 hour'",
    replace: "IS NULL",
    tests: ["integration/jobs/sweeps"],
  },
  {
    defect: "a run is handed over while a process works on it",
    file: HANDOVER,
    find: `
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)`,
    replace: "\n          FOR UPDATE SKIP LOCKED)",
    tests: ["integration/jobs/handover"],
  },
  {
    defect: "an event without a run stays with the embedded engine",
    file: HANDOVER,
    find: "WHERE delivered_at IS NULL FOR",
    replace: "WHERE false FOR",
    tests: ["integration/jobs/handover"],
  },
  {
    defect: "a run whose handover failed never continues",
    file: "src/server/job-engine/relay.ts",
    find: "r.status = 'HANDED_OVER'",
    replace: "r.status = 'FAILED'",
    tests: ["integration/jobs/handover"],
  },
  {
    defect: "a confirmed booking has no reminder",
    file: OWED_MESSAGES_SQL,
    find: "WHERE NEW.status = 'CONFIRMED' AND NEW.starts_at - r.before > app_now()) m",
    replace: "WHERE false) m",
    tests: ["reminders"],
  },
  {
    defect: "a cancelled or moved booking keeps its old reminders",
    file: OWED_MESSAGES_SQL,
    find: "IF OLD.status = 'CONFIRMED' AND (moved OR NEW.status = 'CANCELLED') THEN",
    replace: "IF false THEN",
    tests: ["reminders"],
  },
  {
    defect: "calls of the functions need no signature",
    file: JOB_ENGINE_SERVER,
    find: "enableUnauthedSync: false",
    replace: "skipSignatureValidation: true",
    tests: ["integration/jobs/inngest-server-keys"],
  },
  {
    defect: "anybody can make the app register with the Inngest server",
    file: JOB_ENGINE_SERVER,
    find: ", enableUnauthedSync: false",
    replace: "",
    tests: ["integration/jobs/inngest-server-keys"],
  },
  {
    defect: "the caller of a registration chooses the address of the functions",
    file: JOB_ENGINE_SERVER,
    find: "functions, ...place(), enableUnauthedSync",
    replace: "functions, enableUnauthedSync",
    tests: ["integration/jobs/inngest-server"],
  },
];
