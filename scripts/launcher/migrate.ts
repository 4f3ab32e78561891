import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import pg from "pg";
import { runIfMain, UserError } from "./command";
import { checksumOf, hasChecksum, type Migration, readMigrations } from "./migrations";

const OLDEST_POSTGRES = 15;

/** The advisory lock that Prisma's own migration engine takes. */
const PRISMA_LOCK = 72707369;

/** The statement with which Prisma makes its table, so that `prisma migrate` finds its own. */
const CREATE_HISTORY = `
  CREATE TABLE _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`;

type Applied = {
  name: string;
  checksum: string;
  startedAt: Date;
  finishedAt: Date | null;
  logs: string | null;
};

/**
 * Applies the migrations that the database lacks and returns their names. Each migration and its
 * row in _prisma_migrations are one transaction. Two processes may call this at the same time.
 * @throws UserError if the server is too old or read-only, if a migration fails or failed before,
 *   and if the database's history differs from `migrations`.
 */
export async function migrate(url: string, migrations?: Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations());
  const client = await connect(url);
  try {
    await requireVersion(client);
    await requireWritable(client);
    await withLock(client, () => ensureHistory(client));
    const names: string[] = [];
    for (;;) {
      const name = await applyNext(client, wanted);
      if (name === null) return names;
      names.push(name);
    }
  } finally {
    await client.end();
  }
}

/**
 * Marks a failed migration as rolled back, like `prisma migrate resolve --rolled-back`: the next
 * run applies it again.
 * @throws UserError if the migration has not failed.
 */
export async function markRolledBack(url: string, name: string): Promise<void> {
  const client = await connect(url);
  try {
    const { rowCount } = await client.query(
      `UPDATE _prisma_migrations SET rolled_back_at = now()
        WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [name],
    );
    if (!rowCount) throw new UserError(`The migration ${name} is not marked as failed.`);
  } finally {
    await client.end();
  }
}

/** Applies the oldest migration that is missing. Returns its name, or null if none is missing. */
async function applyNext(client: pg.Client, migrations: Migration[]): Promise<string | null> {
  let running: { id: string; migration: Migration; startedAt: Date } | undefined;
  try {
    return await withLock(client, async () => {
      const migration = findNext(migrations, await readHistory(client));
      if (!migration) return null;
      const { name, sql } = migration;
      running = { id: randomUUID(), migration, startedAt: new Date() };
      await client.query(
        `INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name)
         VALUES ($1, $2, $3, $4)`,
        [running.id, checksumOf(sql), running.startedAt, name],
      );
      // One message without parameters, like Prisma: PostgreSQL splits it into statements itself.
      await client.query(sql);
      const { rowCount } = await client.query(
        `UPDATE _prisma_migrations SET finished_at = clock_timestamp(), applied_steps_count = 1
          WHERE id = $1`,
        [running.id],
      );
      if (rowCount !== 1) throw new UserError(`The migration ${name} contains a ROLLBACK.`);
      return name;
    });
  } catch (error) {
    if (!running || !(error instanceof pg.DatabaseError)) throw error;
    const { id, migration, startedAt } = running;
    const message = explain(error, migration.sql);
    const isRecorded = await client
      .query(
        // The row is already there only if the file contains a COMMIT of its own.
        `INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name, logs)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET logs = excluded.logs`,
        [id, checksumOf(migration.sql), startedAt, migration.name, message],
      )
      .then(
        () => true,
        () => false,
      );
    throw new UserError(
      `The migration ${migration.name} failed, and its transaction was rolled back: ${message}\n${
        isRecorded
          ? howToRetry(migration.name)
          : "The connection was lost. Run the migrations again."
      }`,
    );
  }
}

/**
 * Runs `work` in a transaction that holds Prisma's lock. The lock belongs to the transaction: a
 * pooler in transaction mode would give a session's lock, with its connection, to other clients.
 */
async function withLock<Result>(client: pg.Client, work: () => Promise<Result>): Promise<Result> {
  // Read Committed, so that a process that has waited for the lock sees what the other one did.
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${PRISMA_LOCK})`);
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** Makes Prisma's table. Like Prisma, refuses a database in which somebody else made tables. */
async function ensureHistory(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ hasHistory: boolean; tables: number }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "hasHistory",
            (SELECT count(*)::int FROM pg_class
              WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace) AS tables`,
  );
  const [{ hasHistory, tables } = { hasHistory: false, tables: 0 }] = rows;
  if (hasHistory) return;
  if (tables > 0) {
    throw new UserError(
      "The database has tables, but no record of migrations. Name an empty database.",
    );
  }
  await client.query(CREATE_HISTORY);
}

async function readHistory(client: pg.Client): Promise<Applied[]> {
  const { rows } = await client.query<Applied>(
    `SELECT migration_name AS name, checksum, logs,
            started_at AS "startedAt", finished_at AS "finishedAt"
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** Finds the oldest migration that is not applied, after comparing what is applied with the files. */
function findNext(migrations: Migration[], history: Applied[]): Migration | undefined {
  for (const { name, checksum, startedAt, finishedAt, logs } of history) {
    if (!finishedAt) {
      const fate = logs ? `failed: ${logs.split("\n   0:")[0]}` : "was interrupted";
      throw new UserError(
        `The migration ${name}, started at ${startedAt.toISOString()}, ${fate}\n${howToRetry(name)}`,
      );
    }
    const file = migrations.find((migration) => migration.name === name);
    if (!file) {
      throw new UserError(
        `The database has the migration ${name}, which this version does not know. Start the version that applied it, or a newer one.`,
      );
    }
    if (!hasChecksum(file.sql, checksum)) {
      throw new UserError(
        `The file of the migration ${name} was edited after it was applied. Restore the file, and write the change as a new migration.`,
      );
    }
  }
  return migrations.find(({ name }) => history.every((applied) => applied.name !== name));
}

const howToRetry = (name: string) =>
  `No migration is applied until this is resolved: remove the cause, make sure that the database has none of this migration's changes, and run npm run db:migrate -- --rolled-back ${name}`;

/** Explains why a migration failed: PostgreSQL's message, the SQLSTATE, and the line in the file. */
function explain({ message, code, position }: pg.DatabaseError, sql: string): string {
  const line = position ? `, line ${sql.slice(0, Number(position)).split("\n").length}` : "";
  return `${message} (${code}${line})`;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The query that meets a lost connection rejects; without a listener Node would end the process.
  client.on("error", () => undefined);
  await client.connect().catch((error: Error) => {
    const { host, port, database } = client;
    const reason = error.message || (error as NodeJS.ErrnoException).code;
    throw new UserError(`Cannot reach the database ${database} at ${host}:${port}: ${reason}`);
  });
  return client;
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  const version = rows[0]?.version ?? "unknown";
  if (Number.parseInt(version, 10) >= OLDEST_POSTGRES) return;
  throw new UserError(
    `PostgreSQL ${OLDEST_POSTGRES} or newer is needed; the database is ${version}.`,
  );
}

async function requireWritable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>(
    "SHOW transaction_read_only",
  );
  if (rows[0]?.transaction_read_only === "off") return;
  throw new UserError("The database is read-only (a standby?), so it cannot be migrated.");
}

await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({ options: { "rolled-back": { type: "string" } } });
  const { withDatabase } = await import("./environment");
  const applied = await withDatabase(async ({ migrationUrl }) => {
    const failed = values["rolled-back"];
    if (failed) await markRolledBack(migrationUrl, failed);
    return migrate(migrationUrl);
  });
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}` : "Nothing to apply");
});
