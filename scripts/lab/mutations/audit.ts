import type { Mutation } from "./mutation";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";
const ACCOUNTS_SQL = "prisma/migrations/20261121000700_accounts/migration.sql";
const VERIFY = "src/server/audit/queries/verify.ts";
const SIGNED_HEADS = "src/server/audit/queries/signed-heads.ts";
const AUDIT_COMMANDS = "src/server/audit/commands.ts";

/** Removes a trigger or a privilege. */
const unguarded = (defect: string, file: string, find: string): Mutation => ({
  defect,
  file,
  find,
  replace: "",
  tests: ["audit-guards"],
});

/** Guards of the audit log: its triggers, its privileges and its verification. */
export const AUDIT_MUTATIONS: Mutation[] = [
  unguarded(
    "audit entries can be changed and deleted",
    GUARDS_SQL,
    `CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "the audit log can be truncated",
    GUARDS_SQL,
    `CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "the default partition of the audit log can be truncated",
    GUARDS_SQL,
    `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "a monthly partition of the audit log can be truncated",
    GUARDS_SQL,
    `    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
`,
  ),
  unguarded(
    "the app can write to a monthly partition",
    GUARDS_SQL,
    "    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);\n",
  ),
  unguarded(
    "checkpoints can be changed and deleted",
    ACCOUNTS_SQL,
    `CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
  ),
  unguarded(
    "checkpoints can be truncated",
    ACCOUNTS_SQL,
    `CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
  ),
  {
    defect: "connections choose audit chains without a lock",
    file: "prisma/migrations/20261121000750_audit_chains/migration.sql",
    find: "pg_try_advisory_lock(hashtext('amrutam.audit_chain'), (first + i) % 64)",
    replace: "true",
    tests: ["contention"],
  },
  {
    defect: "the hash of an audit entry does not cover its detail",
    file: GUARDS_SQL,
    find: "l.action, l.entity_type, l.entity_id, l.request_id, l.detail)::text",
    replace: "l.action, l.entity_type, l.entity_id, l.request_id)::text",
    tests: ["audit-verify"],
  },
  {
    defect: "the signature of a checkpoint is not verified",
    file: VERIFY,
    find: "if (!verifySignature(null, text, key, signature)) {",
    replace: "if (signature.length === 0) {",
    tests: ["audit-verify"],
  },
  {
    defect: "the chains are not compared with the checkpoints",
    file: VERIFY,
    find: "swornOf(chain, signed), from, to",
    replace: "[], from, to",
    tests: ["audit-verify"],
  },
  {
    defect: "an entry can be older than a checkpoint that it follows",
    file: SIGNED_HEADS,
    find: "return at.getTime() >= latest - SLACK_MS;",
    replace: "return latest !== 0;",
    tests: ["unit/signed-heads", "audit-verify"],
  },
  {
    defect: "an entry that a checkpoint names can have any hash",
    file: SIGNED_HEADS,
    find: "if (sworn[n]?.hash !== hash) return false;",
    replace: "if (sworn[n]?.hash === null) return false;",
    tests: ["unit/signed-heads", "audit-verify"],
  },
  {
    defect: "an entry can be older than the entry before it",
    file: VERIFY,
    find: ` &&
    link.at.getTime() >= before.at.getTime() - SLACK_MS`,
    replace: "",
    tests: ["audit-verify"],
  },
  {
    defect: "every refusal writes an audit entry",
    file: AUDIT_COMMANDS,
    find: "  if ((await countOne()) > 0) return;",
    replace: `  await auditAlone(actor, { action: "access.denied", entityType: "procedure", entityId: procedure, detail: { reason } });
  if ((await countOne()) > 0) return;`,
    tests: ["refusal-counts"],
  },
  {
    defect: "refusals after the first of a minute are not counted",
    file: AUDIT_COMMANDS,
    find: "SET count = count + 1",
    replace: "SET count = count",
    tests: ["refusal-counts"],
  },
];
