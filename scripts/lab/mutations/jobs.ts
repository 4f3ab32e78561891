import { inFile } from "./mutation";

const JOB_ENGINE_SERVER = "src/server/job-engine/server.ts";

/** Guards of sweeps, of the change between job engines, and of who may call the functions. */
export const JOB_MUTATIONS = [
  ...inFile("src/server/job-engine/index.ts", "integration/jobs/lost-engine", {
    "no process sweeps": ["    await sweeper.pass();\n", ""],
  }),
  ...inFile("src/server/platform/sweep.ts", "integration/jobs/sweeps", {
    "every process does every sweep": [
      `SET next_at = excluded.next_at WHERE \${isDue("s")}`,
      "SET next_at = excluded.next_at",
    ],
    "a long sweep is started a second time beside itself": [
      "sweeps.filter(({ name }) => !running.has(name))",
      "sweeps.filter(({ name }) => name)",
    ],
    "a clock that was set back stops a sweep": ["> app_now() + interval '1 hour'", "IS NULL"],
  }),
  ...inFile("src/server/job-engine/handover.ts", "integration/jobs/handover", {
    "a run is handed over while a process works on it": [
      `
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)`,
      "\n          FOR UPDATE SKIP LOCKED)",
    ],
    "an event without a run stays with the embedded engine": [
      "WHERE delivered_at IS NULL FOR",
      "WHERE false FOR",
    ],
  }),
  ...inFile("src/server/job-engine/relay.ts", "integration/jobs/handover", {
    "a run whose handover failed never continues": [
      "r.status = 'HANDED_OVER'",
      "r.status = 'FAILED'",
    ],
  }),
  ...inFile("prisma/migrations/20261130070100_owed_messages/migration.sql", "reminders", {
    "a confirmed booking has no reminder": [
      "WHERE NEW.status = 'CONFIRMED' AND NEW.starts_at - r.before > app_now()) m",
      "WHERE false) m",
    ],
    "a cancelled or moved booking keeps its old reminders": [
      "IF OLD.status = 'CONFIRMED' AND (moved OR NEW.status = 'CANCELLED') THEN",
      "IF false THEN",
    ],
  }),
  ...inFile(JOB_ENGINE_SERVER, "integration/jobs/inngest-server-keys", {
    "calls of the functions need no signature": [
      "enableUnauthedSync: false",
      "skipSignatureValidation: true",
    ],
    "anybody can make the app register with the Inngest server": [
      ", enableUnauthedSync: false",
      "",
    ],
  }),
  ...inFile(JOB_ENGINE_SERVER, "integration/jobs/inngest-server", {
    "the caller of a registration chooses the address of the functions": [
      "functions, ...ownAddress(), enableUnauthedSync",
      "functions, enableUnauthedSync",
    ],
  }),
];
