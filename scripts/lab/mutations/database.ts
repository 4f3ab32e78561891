import type { Mutation } from "./mutation";

const CONNECTION = "src/server/platform/connection.ts";
const POOL = "src/server/platform/pool.ts";
const DB = "src/server/platform/db.ts";

/** Removes a setting that each connection must have. */
const unset = (line: string): Mutation => ({
  defect: `a connection is used without ${line.split(":")[0]}`,
  file: CONNECTION,
  find: `  ${line},\n`,
  replace: "",
  tests: ["pooler"],
});

/** Guards of the connection to the database. */
export const DATABASE_MUTATIONS: Mutation[] = [
  unset('role: "amrutam_app"'),
  unset('statement_timeout: "5s"'),
  unset('lock_timeout: "2s"'),
  unset('idle_in_transaction_session_timeout: "10s"'),
  unset('TimeZone: "UTC"'),
  {
    defect: "settings that a pooler dropped are not set again",
    file: POOL,
    find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
    replace: "    if (missing.length > 99) {",
    tests: ["pooler"],
  },
  {
    defect: "settings are set on a connection that a pooler shares with others",
    file: POOL,
    find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
    replace: "    if (missing.length > 0) {",
    tests: ["pooler"],
  },
  {
    defect: "a connection without its settings is used",
    file: POOL,
    find: "    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));\n",
    replace: "",
    tests: ["pooler"],
  },
  {
    defect: "a login that owns the tables is accepted with STRICT_DB_ROLE=1",
    file: POOL,
    find: "    if (isOwner && this.isStrict)\n      throw",
    replace: "    if (!login)\n      throw",
    tests: ["pooler"],
  },
  {
    defect: "a read-only host is used although another host is writable",
    file: POOL,
    find: "    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();\n",
    replace: "",
    tests: ["read-only"],
  },
  {
    defect: "named statements are sent to a pooler in transaction mode",
    file: DB,
    find: '(pool.pooling === "transaction" ? "" : statementName(query))',
    replace: "statementName(query)",
    tests: ["pooler-app"],
  },
  {
    defect: "a hot standby's refusal of Serializable is reported as an internal error",
    file: DB,
    find: "        throw asReadOnly(error);",
    replace: "        throw error;",
    tests: ["read-only"],
  },
  {
    defect: "the app is ready on a read-only database",
    file: "src/server/platform/health.ts",
    find: '(row?.isReadOnly ? "read-only" : "writable")',
    replace: '(row ? "writable" : "read-only")',
    tests: ["read-only"],
  },
];
