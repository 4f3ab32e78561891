import type { Mutation } from "./list";

const CONNECTION = "src/server/platform/connection.ts";
const POOL = "src/server/platform/pool.ts";

/** A setting that nobody asks for, sets or checks any more. */
const unchecked = (line: string): Mutation => ({
  says: `a connection is lent without ${line.split(":")[0]}`,
  file: CONNECTION,
  find: `  ${line},\n`,
  replace: "",
  tests: ["pooler"],
});

/** Guards of the connection to the database. */
export const DATABASE_MUTATIONS: Mutation[] = [
  unchecked('role: "amrutam_app"'),
  unchecked('statement_timeout: "5s"'),
  unchecked('lock_timeout: "2s"'),
  unchecked('idle_in_transaction_session_timeout: "10s"'),
  unchecked('TimeZone: "UTC"'),
  {
    says: "what a pooler dropped is not set",
    file: POOL,
    find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
    replace: "    if (missing.length > 99) {",
    tests: ["pooler"],
  },
  {
    says: "settings are set on a connection that the pooler lends to others",
    file: POOL,
    find: '    if (missing.length > 0 && this.pooling !== "transaction") {',
    replace: "    if (missing.length > 0) {",
    tests: ["pooler"],
  },
  {
    says: "a connection without its settings is lent",
    file: POOL,
    find: "    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));\n",
    replace: "",
    tests: ["pooler"],
  },
  {
    says: "a login that owns the tables is taken with STRICT_DB_ROLE=1",
    file: POOL,
    find: "    if (isOwner && this.isStrict)\n",
    replace: "    if (!login)\n",
    tests: ["pooler"],
  },
  {
    says: "a host that takes no writes is worked with though another does",
    file: POOL,
    find: "    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();\n",
    replace: "",
    tests: ["read-only"],
  },
  {
    says: "named statements are sent to a pooler in transaction mode",
    file: "src/server/platform/db.ts",
    find: '(pool.pooling === "transaction" ? "" : statementName(query))',
    replace: "statementName(query)",
    tests: ["pooler-app"],
  },
  {
    says: "a hot standby's refusal of Serializable is a fault of ours",
    file: "src/server/platform/db.ts",
    find: "        throw asReadOnly(error);",
    replace: "        throw error;",
    tests: ["read-only"],
  },
  {
    says: "the app counts as ready on a database that takes no writes",
    file: "src/server/platform/health.ts",
    find: '(row?.isReadOnly ? "read-only" : "writable")',
    replace: '(row ? "writable" : "read-only")',
    tests: ["read-only"],
  },
];
