import { inFile } from "./mutation";

const POOL = "src/server/platform/pool.ts";
const DB = "src/server/platform/db.ts";

/** The settings that each connection must have. */
const SETTINGS = [
  'role: "amrutam_app"',
  'statement_timeout: "5s"',
  'lock_timeout: "2s"',
  'idle_in_transaction_session_timeout: "10s"',
  'TimeZone: "UTC"',
];

/** Guards of the connection to the database. */
export const DATABASE_MUTATIONS = [
  ...inFile(
    "src/server/platform/connection.ts",
    "pooler",
    SETTINGS.map((line) => ({
      defect: `a connection is used without ${line.split(":")[0]}`,
      find: `  ${line},\n`,
      replace: "",
    })),
  ),
  ...inFile(POOL, "pooler", [
    {
      defect: "settings that a pooler dropped are not set again",
      find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
      replace: "    if (missing.length > 99) {",
    },
    {
      defect: "settings are set on a connection that a pooler shares with others",
      find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
      replace: "    if (missing.length > 0) {",
    },
    {
      defect: "a connection without its settings is used",
      find: "    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));\n",
      replace: "",
    },
    {
      defect: "a login that owns the tables is accepted with STRICT_DB_ROLE=1",
      find: `    if (isOwner && this.isStrict)
      throw`,
      replace: `    if (!login)
      throw`,
    },
  ]),
  ...inFile(POOL, "read-only", [
    {
      defect: "a read-only host is used although another host is writable",
      find: "    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();\n",
      replace: "",
    },
  ]),
  ...inFile(DB, "pooler-app", [
    {
      defect: "named statements are sent to a pooler in transaction mode",
      find: '(pool.pooling === "transaction" ? "" : statementName(query))',
      replace: "statementName(query)",
    },
  ]),
  ...inFile(DB, "read-only", [
    {
      defect: "a hot standby's refusal of Serializable is reported as an internal error",
      find: "        throw asReadOnly(error);",
      replace: "        throw error;",
    },
  ]),
  ...inFile("src/server/platform/health.ts", "read-only", [
    {
      defect: "the app is ready on a read-only database",
      find: '(row?.isReadOnly ? "read-only" : "writable")',
      replace: '(row ? "writable" : "read-only")',
    },
  ]),
];
