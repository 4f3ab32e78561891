import { inFile } from "./mutation";

const GUARDS_SQL = "prisma/migrations/20261121000200_guards/migration.sql";

/** Guards of the audit log: its triggers, its privileges and its verification. */
export const AUDIT_MUTATIONS = [
  ...inFile(GUARDS_SQL, "audit-guards", {
    "audit entries can be changed and deleted": [
      `CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
      "",
    ],
    "the audit log can be truncated": [
      `CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      "",
    ],
    "the default partition of the audit log can be truncated": [
      `CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_logs_default
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      "",
    ],
    "a monthly partition of the audit log can be truncated": [
      `    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', part);
`,
      "",
    ],
    "the app can write to a monthly partition": [
      "    EXECUTE format('REVOKE ALL ON %I FROM amrutam_app', part);\n",
      "",
    ],
  }),
  ...inFile("prisma/migrations/20261121000700_accounts/migration.sql", "audit-guards", {
    "checkpoints can be changed and deleted": [
      `CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION refuse_change();`,
      "",
    ],
    "checkpoints can be truncated": [
      `CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`,
      "",
    ],
  }),
  ...inFile("prisma/migrations/20261121000750_audit_chains/migration.sql", "contention", {
    "connections choose audit chains without a lock": [
      "pg_try_advisory_lock(hashtext('amrutam.audit_chain'), (first + i) % 64)",
      "true",
    ],
  }),
  ...inFile(GUARDS_SQL, "audit-verify", {
    "the hash of an audit entry does not cover its detail": [
      "l.action, l.entity_type, l.entity_id, l.request_id, l.detail)::text",
      "l.action, l.entity_type, l.entity_id, l.request_id)::text",
    ],
  }),
  ...inFile("src/server/audit/queries/verify.ts", "audit-verify", {
    "the signature of a checkpoint is not verified": [
      "if (!verifySignature(null, text, key, signature)) {",
      "if (signature.length === 0) {",
    ],
    "the chains are not compared with the checkpoints": [
      "signedHeadsOf(chain, signed), range",
      "[], range",
    ],
    "an entry can be older than the entry before it": [
      ` &&
    entry.at.getTime() >= before.at.getTime() - SLACK_MS`,
      "",
    ],
  }),
  ...inFile("src/server/audit/queries/signed-heads.ts", "unit/signed-heads audit-verify", {
    "an entry can be older than a checkpoint that it follows": [
      "return at.getTime() >= latest - SLACK_MS;",
      "return latest !== 0;",
    ],
    "an entry that a checkpoint names can have any hash": [
      "if (heads[n]?.hash !== hash) return false;",
      "if (heads[n]?.hash === null) return false;",
    ],
  }),
  ...inFile("src/server/audit/commands.ts", "refusal-counts", {
    "every refusal writes an audit entry": [
      "  if ((await incrementCount()) > 0) return;",
      `  await auditRead(actor, { action: "access.denied", entityType: "procedure", entityId: procedure, detail: { reason } });
  if ((await incrementCount()) > 0) return;`,
    ],
    "refusals after the first of a minute are not counted": [
      "SET count = count + 1",
      "SET count = count",
    ],
  }),
];
