import { beforeAll, describe, expect, test } from "vitest";
import { writeCheckpoint } from "@/server/audit/commands";
import { db } from "@/server/platform/db";
import { appendEntry } from "../support/audit";
import { makeConfirmed } from "../support/bookings";
import { sql, withConnection } from "../support/database";

// Audit entries never change: triggers refuse every role, and the app's role has no privilege to change them.

/** Partitions that contain rows: the default partition, and those that `beforeAll` adds. */
const PARTITIONS = ["audit_logs_default"];
const APPEND = appendEntry();

beforeAll(async () => {
  await makeConfirmed();
  await writeCheckpoint("a test");
  await withConnection(async (client) => {
    for (const offset of ["-10 years", "0", "1 month", "2 months", "3 months"]) {
      await client.query(`SELECT set_config('amrutam.clock_offset', '${offset}', false)`);
      await client.query(APPEND);
    }
    await client.query("SELECT set_config('amrutam.clock_offset', '', false)");
  });
  const rows = await sql<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits
      WHERE inhparent = 'audit_logs'::regclass AND inhrelid <> 'audit_logs_default'::regclass`,
  );
  PARTITIONS.push(...rows.map(({ name }) => name));
});

/** Runs a statement and rolls it back. Returns PostgreSQL's error code and constraint, or null if it succeeded. */
async function refusalOf(statement: string, role: "owner" | "app"): Promise<string | null> {
  return withConnection(async (client) => {
    try {
      await client.query("BEGIN");
      if (role === "app") await client.query("SET LOCAL ROLE amrutam_app");
      await client.query(statement);
      return null;
    } catch (error) {
      const { code, constraint } = error as { code: string; constraint?: string };
      return constraint ? `${code} ${constraint}` : code;
    } finally {
      await client.query("ROLLBACK");
    }
  });
}

const APPEND_ONLY = "23001 append_only";
const NO_PRIVILEGE = "42501";

const changesOf = (table: string, column: string) => [
  `UPDATE ${table} SET ${column} = ${column}`,
  `DELETE FROM ${table}`,
  `TRUNCATE ${table}`,
];

const outcomes = async (statements: string[], role: "owner" | "app") => {
  const found: Record<string, string | null> = {};
  for (const statement of statements) found[statement] = await refusalOf(statement, role);
  return found;
};
const all = (statements: string[], expected: string) =>
  Object.fromEntries(statements.map((statement) => [statement, expected]));

describe("the owner", () => {
  test.each([
    ["audit_logs", "detail"],
    ["audit_checkpoints", "at"],
    ["ledger_entries", "amount"],
  ])("cannot update, delete or truncate %s", async (table, column) => {
    const statements = changesOf(table, column);
    expect(await outcomes(statements, "owner")).toEqual(all(statements, APPEND_ONLY));
  });

  test("cannot update, delete or truncate a partition by its own name", async () => {
    expect(PARTITIONS).toHaveLength(5);
    const statements = PARTITIONS.flatMap((table) => changesOf(table, "detail"));
    expect(await outcomes(statements, "owner")).toEqual(all(statements, APPEND_ONLY));
  });

  test("cannot truncate the whole table when the triggers of its partitions are disabled", async () => {
    const off = PARTITIONS.map((name) => `ALTER TABLE ${name} DISABLE TRIGGER no_truncate;`);
    const statement = `${off.join("")} TRUNCATE audit_logs`;
    expect(await refusalOf(statement, "owner")).toBe(APPEND_ONLY);
  });

  test("cannot change partitions that the app has created later", async () => {
    await db.$queryRaw`SELECT audit_ensure_partitions(14) AS made`;
    const made = await sql<{ name: string; owner: string }>(
      `SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner FROM pg_inherits i
         JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit_logs'::regclass`,
    );
    const later = made.filter(({ name }) => !PARTITIONS.includes(name));
    expect(later.length).toBeGreaterThan(5);
    expect(made.map(({ owner }) => owner)).not.toContain("amrutam_app");
    await withConnection(async (client) => {
      await client.query("SELECT set_config('amrutam.clock_offset', '10 months', false)");
      await client.query(APPEND);
      await client.query("SELECT set_config('amrutam.clock_offset', '', false)");
    });
    const [row] = await sql<{ name: string }>(
      "SELECT tableoid::regclass::text AS name FROM audit_logs ORDER BY at DESC LIMIT 1",
    );
    expect(PARTITIONS).not.toContain(row?.name);
    const statements = changesOf(row?.name ?? "", "detail");
    expect(await outcomes(statements, "owner")).toEqual(all(statements, APPEND_ONLY));
    const asApp = later.flatMap(({ name }) => changesOf(name, "detail"));
    expect(await outcomes(asApp, "app")).toEqual(all(asApp, NO_PRIVILEGE));
  });
});

describe("the app's role", () => {
  test("is the role that the app uses, and owns nothing", async () => {
    const [row] = await db.$queryRaw<Array<{ role: string; owns: number }>>`
      SELECT current_user::text AS role,
             (SELECT count(*)::int FROM pg_class WHERE relowner = 'amrutam_app'::regrole) AS owns`;
    expect(row).toEqual({ role: "amrutam_app", owns: 0 });
    const [rights] = await sql(
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles
        WHERE rolname = 'amrutam_app'`,
    );
    expect(Object.values(rights ?? {})).toEqual([false, false, false, false]);
  });

  test("may read the audit log and append to it through audit_append, and nothing else", async () => {
    expect(await refusalOf("SELECT * FROM audit_logs", "app")).toBeNull();
    expect(await refusalOf(APPEND, "app")).toBeNull();
    const statements = [
      ...["audit_logs", ...PARTITIONS].flatMap((table) => [
        ...changesOf(table, "detail"),
        `INSERT INTO ${table} SELECT * FROM audit_logs LIMIT 1`,
      ]),
      ...changesOf("audit_heads", "hash"),
      "INSERT INTO audit_heads VALUES (99, 0, sha256(''))",
      ...changesOf("audit_checkpoints", "at"),
      ...changesOf("ledger_entries", "amount"),
    ];
    expect(await outcomes(statements, "app")).toEqual(all(statements, NO_PRIVILEGE));
  });

  test("cannot drop, detach, disable or replace the guards", async () => {
    const [, month = ""] = PARTITIONS;
    const statements = [
      "DROP TABLE audit_logs",
      `DROP TABLE ${month}`,
      "DROP TABLE audit_checkpoints",
      "DROP TABLE ledger_entries",
      `ALTER TABLE audit_logs DETACH PARTITION ${month}`,
      "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
      `ALTER TABLE ${month} DISABLE TRIGGER no_truncate`,
      "DROP TRIGGER audit_logs_append_only ON audit_logs",
      `DROP TRIGGER no_truncate ON ${month}`,
      "ALTER TABLE audit_logs ADD COLUMN more text",
      "ALTER TABLE audit_logs OWNER TO amrutam_app",
      "CREATE RULE nothing AS ON INSERT TO audit_logs DO INSTEAD NOTHING",
      "CREATE TRIGGER mine BEFORE INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION refuse_change()",
      "CREATE TABLE mine (id int)",
      "SET session_replication_role = replica",
      "GRANT ALL ON audit_logs TO amrutam_app",
      `CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
         AS 'BEGIN RETURN NEW; END'`,
      "DROP FUNCTION audit_append",
      "ALTER FUNCTION audit_append RESET ALL",
    ];
    const found = await outcomes(statements, "app");
    // PostgreSQL answers a GRANT without grant option with a warning, and grants nothing.
    const { "GRANT ALL ON audit_logs TO amrutam_app": _granted, ...others } = found;
    const { "GRANT ALL ON audit_logs TO amrutam_app": _expected, ...expected } = all(
      statements,
      NO_PRIVILEGE,
    );
    expect(others).toEqual(expected);
    const [rights] = await sql(
      `SELECT has_table_privilege('amrutam_app', 'audit_logs', 'INSERT, UPDATE, DELETE, TRUNCATE') AS any`,
    );
    expect(rights).toEqual({ any: false });
  });
});
