import { inFile } from "./mutation";

const POOL = "src/server/platform/pool.ts";
const DB = "src/server/platform/db.ts";

/** Guards of the connection to the database. */
export const DATABASE_MUTATIONS = [
  ...inFile("src/server/platform/connection.ts", "pooler", {
    "a connection is used without role": ['  role: "amrutam_app",\n', ""],
    "a connection is used without statement_timeout": ['  statement_timeout: "5s",\n', ""],
    "a connection is used without lock_timeout": ['  lock_timeout: "2s",\n', ""],
    "a connection is used without idle_in_transaction_session_timeout": [
      '  idle_in_transaction_session_timeout: "10s",\n',
      "",
    ],
    "a connection is used without TimeZone": ['  TimeZone: "UTC",\n', ""],
  }),
  ...inFile(POOL, "pooler", {
    "settings that a pooler dropped are not set again": [
      '    if (missing.length > 0 && this.pooling !== "transaction") {',
      "    if (missing.length > 99) {",
    ],
    "settings are set on a connection that a pooler shares with others": [
      '    if (missing.length > 0 && this.pooling !== "transaction") {',
      "    if (missing.length > 0) {",
    ],
    "a connection without its settings is used": [
      "    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));\n",
      "",
    ],
    "a login that owns the tables is accepted with STRICT_DB_ROLE=1": [
      `    if (isOwner && this.isStrict)
      throw`,
      `    if (!login)
      throw`,
    ],
  }),
  ...inFile(POOL, "read-only", {
    "a read-only host is used although another host is writable": [
      "    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();\n",
      "",
    ],
  }),
  ...inFile(DB, "pooler-app", {
    "named statements are sent to a pooler in transaction mode": [
      '(pool.pooling === "transaction" ? "" : statementName(query))',
      "statementName(query)",
    ],
  }),
  ...inFile(DB, "read-only", {
    "a hot standby's refusal of Serializable is reported as an internal error": [
      "        throw asReadOnly(error);",
      "        throw error;",
    ],
  }),
  ...inFile("src/server/platform/health.ts", "read-only", {
    "the app is ready on a read-only database": [
      '(row?.isReadOnly ? "read-only" : "writable")',
      '(row ? "writable" : "read-only")',
    ],
  }),
];
