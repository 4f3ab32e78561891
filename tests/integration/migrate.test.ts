import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { migrationList, NO_FILTERS, withSchemaEngine } from "../../scripts/checks/schema-engine";
import { markRolledBack, migrate } from "../../scripts/launcher/migrate";
import { type Migration, readMigrations } from "../../scripts/launcher/migrations";
import { findWritableHost } from "../../scripts/launcher/writable-host";
import { type PgBouncer, startPgBouncer } from "../support/pgbouncer";

const made: string[] = [];

/** Makes an empty database and returns its URL. */
async function makeDatabase(): Promise<string> {
  const name = `fresh_${randomBytes(6).toString("hex")}`;
  await query(inject("adminUrl"), `CREATE DATABASE ${name}`);
  made.push(name);
  return Object.assign(new URL(inject("adminUrl")), { pathname: `/${name}` }).href;
}

afterAll(async () => {
  for (const name of made) await query(inject("adminUrl"), `DROP DATABASE ${name} WITH (FORCE)`);
});

async function query(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

const readHistory = (url: string) =>
  query(
    url,
    `SELECT migration_name, checksum, applied_steps_count, logs, rolled_back_at,
            finished_at >= started_at AS is_finished
       FROM _prisma_migrations ORDER BY started_at`,
  );

const applyWithPrisma = (url: string, migrations: Migration[]) =>
  withSchemaEngine({ url }, async (engine) => {
    const migrationsList = migrationList(migrations);
    const result = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
    return result.appliedMigrationNames;
  });

const FIRST = { name: "1_notes", sql: "CREATE TABLE notes (text text);\nSELECT 1;\n" };
const SECOND = { name: "2_tags", sql: "CREATE TABLE tags (text text);\n" };
/** Fails in line 2, after a statement that succeeds. */
const BROKEN = { name: "2_tags", sql: `${SECOND.sql}SELECT missing FROM tags;\n` };

describe("beside Prisma's own engine", () => {
  test("the runner records the project's migrations exactly as Prisma does", async () => {
    const [ours, prismas] = [await makeDatabase(), await makeDatabase()];
    const migrations = await readMigrations();
    const names = migrations.map(({ name }) => name);
    expect(await migrate(ours)).toEqual(names);
    expect(await applyWithPrisma(prismas, migrations)).toEqual(names);

    expect(await readHistory(ours)).toEqual(await readHistory(prismas));
    const columns = `SELECT column_name, data_type, character_maximum_length, is_nullable, column_default
                       FROM information_schema.columns WHERE table_name = '_prisma_migrations'
                      ORDER BY ordinal_position`;
    expect(await query(ours, columns)).toEqual(await query(prismas, columns));
  });

  test("Prisma goes on where the runner stopped, and the runner where Prisma stopped", async () => {
    const url = await makeDatabase();
    const third = { name: "3_more", sql: "ALTER TABLE tags ADD more int" };
    expect(await migrate(url, [FIRST])).toEqual(["1_notes"]);
    expect(await applyWithPrisma(url, [FIRST, SECOND])).toEqual(["2_tags"]);
    expect(await migrate(url, [FIRST, SECOND, third])).toEqual(["3_more"]);
    expect(await applyWithPrisma(url, [FIRST, SECOND, third])).toEqual([]);
  });

  test("each refuses a migration that the other one recorded as failed", async () => {
    const [ours, prismas] = [await makeDatabase(), await makeDatabase()];
    await expect(migrate(ours, [FIRST, BROKEN])).rejects.toThrow("failed");
    await expect(applyWithPrisma(ours, [FIRST, SECOND])).rejects.toThrow("`2_tags` migration");
    await expect(applyWithPrisma(prismas, [FIRST, BROKEN])).rejects.toThrow(
      "external connector error",
    );
    await expect(migrate(prismas, [FIRST, SECOND])).rejects.toThrow(
      /2_tags, started at .* failed: external connector error/,
    );
  });
});

describe("a migration that fails", () => {
  test("is named, recorded and rolled back, and the ones before it stay", async () => {
    const url = await makeDatabase();
    await expect(migrate(url, [FIRST, BROKEN])).rejects.toThrow(
      /2_tags failed, .*: column "missing" does not exist \(42703, line 2\)/,
    );
    expect(await readHistory(url)).toMatchObject([
      { migration_name: "1_notes", is_finished: true, logs: null },
      {
        migration_name: "2_tags",
        is_finished: null,
        applied_steps_count: 0,
        logs: 'column "missing" does not exist (42703, line 2)',
      },
    ]);
    expect(await query(url, "SELECT to_regclass('tags') AS tags")).toEqual([{ tags: null }]);
  });

  test("stops every later run until it is marked as rolled back", async () => {
    const url = await makeDatabase();
    await expect(migrate(url, [FIRST, BROKEN])).rejects.toThrow("failed");
    await expect(migrate(url, [FIRST, SECOND])).rejects.toThrow("--rolled-back 2_tags");
    await markRolledBack(url, "2_tags");
    expect(await migrate(url, [FIRST, SECOND])).toEqual(["2_tags"]);
    await expect(markRolledBack(url, "2_tags")).rejects.toThrow("is not marked as failed");
  });

  test("is never recorded as applied if the file itself commits or rolls back", async () => {
    const url = await makeDatabase();
    const half = { name: "1_half", sql: `${SECOND.sql}COMMIT;\nSELECT 1 / 0;\n` };
    await expect(migrate(url, [half])).rejects.toThrow("division by zero");
    expect(await readHistory(url)).toMatchObject([
      { migration_name: "1_half", is_finished: null, logs: expect.stringContaining("22012") },
    ]);
    const undone = { name: "1_half", sql: "ROLLBACK;" };
    await markRolledBack(url, "1_half");
    await expect(migrate(url, [undone])).rejects.toThrow("contains a ROLLBACK");
  });
});

describe("a run that is interrupted", () => {
  test("leaves no trace of a migration whose connection is lost, and the next run applies it", async () => {
    const url = await makeDatabase();
    const slow = { name: "2_tags", sql: `${SECOND.sql}SELECT pg_sleep(30);` };
    const message = migrate(url, [FIRST, slow]).catch((error: Error) => error.message);
    const kill = `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                   WHERE query LIKE '%pg_sleep(30);' AND datname = '${made.at(-1)}'`;
    await expect.poll(() => query(inject("adminUrl"), kill)).toEqual([{ ended: true }]);
    expect(await message).toContain("Run the migrations again");
    expect(await readHistory(url)).toMatchObject([{ migration_name: "1_notes" }]);
    expect(await migrate(url, [FIRST, SECOND])).toEqual(["2_tags"]);
  });

  test("is refused if Prisma's engine had recorded the start of a migration only", async () => {
    const url = await makeDatabase();
    await migrate(url, [FIRST]);
    await query(
      url,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '2_tags')`,
    );
    await expect(migrate(url, [FIRST, SECOND])).rejects.toThrow("2_tags, started at");
  });
});

describe("a database whose history differs from the files", () => {
  test("is refused if an applied migration was edited", async () => {
    const url = await makeDatabase();
    await migrate(url, [FIRST]);
    const edited = { ...FIRST, sql: `-- edited\n${FIRST.sql}` };
    await expect(migrate(url, [edited, SECOND])).rejects.toThrow("1_notes was edited");
    expect(await readHistory(url)).toHaveLength(1);
  });

  test("is accepted if only the line endings of a file differ", async () => {
    const url = await makeDatabase();
    await migrate(url, [FIRST]);
    const windows = { ...FIRST, sql: FIRST.sql.replaceAll("\n", "\r\n") };
    expect(await migrate(url, [windows, SECOND])).toEqual(["2_tags"]);
  });

  test("is refused if it has a migration that the files lack", async () => {
    const url = await makeDatabase();
    await migrate(url, [FIRST, SECOND]);
    await expect(migrate(url, [FIRST])).rejects.toThrow("2_tags, which this version does not know");
  });

  test("is refused if it has tables, but no history", async () => {
    const url = await makeDatabase();
    await query(url, "CREATE TABLE notes (text text)");
    await expect(migrate(url, [FIRST])).rejects.toThrow("has tables, but no record");
  });
});

describe("migrations through a pooler in transaction mode", () => {
  let url: string;
  let bouncer: PgBouncer;

  beforeAll(async () => {
    url = await makeDatabase();
    bouncer = await startPgBouncer([url], { pool_mode: "transaction" });
  });

  afterAll(async () => {
    await bouncer.stop();
  });

  test("are applied once by two runs at the same time, which leave no lock behind", async () => {
    const applied = await Promise.all([
      migrate(bouncer.through(url)),
      migrate(bouncer.through(url)),
    ]);
    const names = (await readMigrations()).map(({ name }) => name);
    expect(applied.flat().sort()).toEqual(names);
    const history = await readHistory(url);
    expect(history.map((row) => row.migration_name)).toEqual(names);
    const locks = `SELECT objid FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    expect(await query(url, locks)).toEqual([]);
  });
});

describe("a database URL with several hosts", () => {
  const { host } = new URL(inject("adminUrl"));
  const urlOf = (hosts: string) => inject("adminUrl").replace(host, hosts);

  test("is migrated at the first host that takes writes", async () => {
    expect(await findWritableHost(urlOf(`127.0.0.1:1,${host}`))).toBe(inject("adminUrl"));
  });

  test("is refused with a message if no host can be reached", async () => {
    await expect(findWritableHost(urlOf("127.0.0.1:1,127.0.0.1:2"))).rejects.toThrow(
      "No host of the database URL can be reached",
    );
  });
});

test("a read-only database is refused with a message", async () => {
  const options = encodeURIComponent("-c default_transaction_read_only=on");
  await expect(migrate(`${inject("adminUrl")}?options=${options}`)).rejects.toThrow(
    "The database is read-only",
  );
});
