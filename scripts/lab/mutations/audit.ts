import type { Mutation } from "./list";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";
const ACCOUNTS_SQL = "prisma/migrations/20261121000700_accounts/migration.sql";
const VERIFY = "src/server/audit/queries/verify.ts";
const SWORN = "src/server/audit/queries/signed-heads.ts";

/** A trigger or a privilege that is taken away without anything in its place. */
const unguarded = (says: string, file: string, find: string): Mutation => ({
  says,
  file,
  find,
  replace: "",
  tests: ["audit-guards"],
});

/** Guards of the audit log: its triggers, its privileges and its verification. */
export const AUDIT_MUTATIONS: Mutation[] = [
  unguarded(
    "audit entries may be changed and deleted",
    GUARDS_SQL,
    `CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "the audit log may be truncated",
    GUARDS_SQL,
    `CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "the default partition may be truncated",
    GUARDS_SQL,
    `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "a month's partition may be truncated",
    GUARDS_SQL,
    `    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
`,
  ),
  unguarded(
    "the app may write to a month's partition",
    GUARDS_SQL,
    "    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);\n",
  ),
  unguarded(
    "checkpoints may be changed and deleted",
    ACCOUNTS_SQL,
    `CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "checkpoints may be truncated",
    ACCOUNTS_SQL,
    `CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  {
    says: "connections share audit chains by their process numbers",
    file: "prisma/migrations/20261121000750_audit_chains/migration.sql",
    find: "pg_try_advisory_lock(hashtext('amrutam.audit_chain'), (first + i) % 64)",
    replace: "true",
    tests: ["contention"],
  },
  {
    says: "an audit entry's hash leaves its detail out",
    file: GUARDS_SQL,
    find: "l.action, l.entity_type, l.entity_id, l.request_id, l.detail)::text",
    replace: "l.action, l.entity_type, l.entity_id, l.request_id)::text",
    tests: ["audit-verify"],
  },
  {
    says: "nobody looks at a checkpoint's signature",
    file: VERIFY,
    find: "if (!verifySignature(null, text, key, signature)) {",
    replace: "if (signature.length === 0) {",
    tests: ["audit-verify"],
  },
  {
    says: "checkpoints are not held against the chains",
    file: VERIFY,
    find: "swornOf(chain, signed), from, to",
    replace: "[], from, to",
    tests: ["audit-verify"],
  },
  {
    says: "an entry may be older than a checkpoint it came after",
    file: SWORN,
    find: "return at.getTime() >= latest - SLACK_MS;",
    replace: "return latest !== 0;",
    tests: ["unit/sworn", "audit-verify"],
  },
  {
    says: "an entry that a checkpoint names may be any",
    file: SWORN,
    find: "if (sworn[n]?.hash !== hash) return false;",
    replace: "if (sworn[n]?.hash === null) return false;",
    tests: ["unit/sworn", "audit-verify"],
  },
  {
    says: "an entry may be older than the one before it",
    file: VERIFY,
    find: " &&\n    link.at.getTime() >= before.at.getTime() - SLACK_MS",
    replace: "",
    tests: ["audit-verify"],
  },
];
