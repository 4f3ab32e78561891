import { inFile } from "./mutation";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";

/** Guards of the audit log: its triggers, its privileges and its verification. */
export const AUDIT_MUTATIONS = [
  ...inFile(GUARDS_SQL, "audit-guards", [
    {
      defect: "audit entries can be changed and deleted",
      find: `CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
      replace: "",
    },
    {
      defect: "the audit log can be truncated",
      find: `CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      replace: "",
    },
    {
      defect: "the default partition of the audit log can be truncated",
      find: `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      replace: "",
    },
    {
      defect: "a monthly partition of the audit log can be truncated",
      find: `    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
`,
      replace: "",
    },
    {
      defect: "the app can write to a monthly partition",
      find: "    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);\n",
      replace: "",
    },
  ]),
  ...inFile("prisma/migrations/20261121000700_accounts/migration.sql", "audit-guards", [
    {
      defect: "checkpoints can be changed and deleted",
      find: `CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
      replace: "",
    },
    {
      defect: "checkpoints can be truncated",
      find: `CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      replace: "",
    },
  ]),
  ...inFile("prisma/migrations/20261121000750_audit_chains/migration.sql", "contention", [
    {
      defect: "connections choose audit chains without a lock",
      find: "pg_try_advisory_lock(hashtext('amrutam.audit_chain'), (first + i) % 64)",
      replace: "true",
    },
  ]),
  ...inFile(GUARDS_SQL, "audit-verify", [
    {
      defect: "the hash of an audit entry does not cover its detail",
      find: "l.action, l.entity_type, l.entity_id, l.request_id, l.detail)::text",
      replace: "l.action, l.entity_type, l.entity_id, l.request_id)::text",
    },
  ]),
  ...inFile("src/server/audit/queries/verify.ts", "audit-verify", [
    {
      defect: "the signature of a checkpoint is not verified",
      find: "if (!verifySignature(null, text, key, signature)) {",
      replace: "if (signature.length === 0) {",
    },
    {
      defect: "the chains are not compared with the checkpoints",
      find: "signedHeadsOf(chain, signed), range",
      replace: "[], range",
    },
    {
      defect: "an entry can be older than the entry before it",
      find: ` &&
    entry.at.getTime() >= before.at.getTime() - SLACK_MS`,
      replace: "",
    },
  ]),
  ...inFile("src/server/audit/queries/signed-heads.ts", "unit/signed-heads audit-verify", [
    {
      defect: "an entry can be older than a checkpoint that it follows",
      find: "return at.getTime() >= latest - SLACK_MS;",
      replace: "return latest !== 0;",
    },
    {
      defect: "an entry that a checkpoint names can have any hash",
      find: "if (heads[n]?.hash !== hash) return false;",
      replace: "if (heads[n]?.hash === null) return false;",
    },
  ]),
  ...inFile("src/server/audit/commands.ts", "refusal-counts", [
    {
      defect: "every refusal writes an audit entry",
      find: "  if ((await incrementCount()) > 0) return;",
      replace: `  await auditRead(actor, { action: "access.denied", entityType: "procedure", entityId: procedure, detail: { reason } });
  if ((await incrementCount()) > 0) return;`,
    },
    {
      defect: "refusals after the first of a minute are not counted",
      find: "SET count = count + 1",
      replace: "SET count = count",
    },
  ]),
];
