import { inFile } from "./mutation";

const JOB_ENGINE_SERVER = "src/server/job-engine/server.ts";

/** Guards of sweeps, of the change between job engines, and of who may call the functions. */
export const JOB_MUTATIONS = [
  ...inFile("src/server/job-engine/index.ts", "integration/jobs/lost-engine", [
    { defect: "no process sweeps", find: "    await sweeper.pass();\n", replace: "" },
  ]),
  ...inFile("src/server/platform/sweep.ts", "integration/jobs/sweeps", [
    {
      defect: "every process does every sweep",
      find: `SET next_at = excluded.next_at WHERE \${isDue("s")}`,
      replace: "SET next_at = excluded.next_at",
    },
    {
      defect: "a long sweep is started a second time beside itself",
      find: "sweeps.filter(({ name }) => !running.has(name))",
      replace: "sweeps.filter(({ name }) => name)",
    },
    {
      defect: "a clock that was set back stops a sweep",
      find: "> app_now() + interval '1 hour'",
      replace: "IS NULL",
    },
  ]),
  ...inFile("src/server/job-engine/handover.ts", "integration/jobs/handover", [
    {
      defect: "a run is handed over while a process works on it",
      find: `
            AND (leased_until IS NULL OR leased_until < clock_timestamp())
          FOR UPDATE SKIP LOCKED)`,
      replace: "\n          FOR UPDATE SKIP LOCKED)",
    },
    {
      defect: "an event without a run stays with the embedded engine",
      find: "WHERE delivered_at IS NULL FOR",
      replace: "WHERE false FOR",
    },
  ]),
  ...inFile("src/server/job-engine/relay.ts", "integration/jobs/handover", [
    {
      defect: "a run whose handover failed never continues",
      find: "r.status = 'HANDED_OVER'",
      replace: "r.status = 'FAILED'",
    },
  ]),
  ...inFile("prisma/migrations/20261130070100_owed_messages/migration.sql", "reminders", [
    {
      defect: "a confirmed booking has no reminder",
      find: "WHERE NEW.status = 'CONFIRMED' AND NEW.starts_at - r.before > app_now()) m",
      replace: "WHERE false) m",
    },
    {
      defect: "a cancelled or moved booking keeps its old reminders",
      find: "IF OLD.status = 'CONFIRMED' AND (moved OR NEW.status = 'CANCELLED') THEN",
      replace: "IF false THEN",
    },
  ]),
  ...inFile(JOB_ENGINE_SERVER, "integration/jobs/inngest-server-keys", [
    {
      defect: "calls of the functions need no signature",
      find: "enableUnauthedSync: false",
      replace: "skipSignatureValidation: true",
    },
    {
      defect: "anybody can make the app register with the Inngest server",
      find: ", enableUnauthedSync: false",
      replace: "",
    },
  ]),
  ...inFile(JOB_ENGINE_SERVER, "integration/jobs/inngest-server", [
    {
      defect: "the caller of a registration chooses the address of the functions",
      find: "functions, ...place(), enableUnauthedSync",
      replace: "functions, enableUnauthedSync",
    },
  ]),
];
