import type { Mutation } from "./mutations";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";
const ACCOUNTS_SQL = "prisma/migrations/20261121000700_accounts/migration.sql";
const VERIFY = "src/server/audit/queries/verify.ts";

/** Guards of the audit log: its triggers, its privileges and its verification. */
export const AUDIT_MUTATIONS: Mutation[] = [
  {
    says: "audit entries may be changed and deleted",
    file: GUARDS_SQL,
    find: `CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "the audit log may be truncated",
    file: GUARDS_SQL,
    find: `CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "the default partition may be truncated",
    file: GUARDS_SQL,
    find: `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "a month's partition may be truncated",
    file: GUARDS_SQL,
    find: `    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
`,
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "the app may write to a month's partition",
    file: GUARDS_SQL,
    find: "    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);\n",
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "checkpoints may be changed and deleted",
    file: ACCOUNTS_SQL,
    find: `CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
    replace: "",
    tests: ["audit-guards"],
  },
  {
    says: "checkpoints may be truncated",
    file: ACCOUNTS_SQL,
    find: `CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
    replace: "",
    tests: ["audit-guards"],
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
    says: "an entry may be older than the one before it",
    file: VERIFY,
    find: " &&\n    link.at.getTime() >= before.at.getTime() - SLACK_MS",
    replace: "",
    tests: ["audit-verify"],
  },
];
