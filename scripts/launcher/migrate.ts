import pg from "pg";
import { runIfMain, UserError } from "./command";
import { NO_FILTERS, PRISMA_LOCK, readMigrations, withSchemaEngine } from "./schema-engine";

const OLDEST = 15;

/**
 * Applies the migrations that the database lacks and returns their names. Two at once wait for
 * each other, one that was killed is taken up again, and a server that is too old is refused.
 */
export async function migrate(url: string): Promise<string[]> {
  const [holder, client] = [await connect(url), await connect(url)];
  try {
    await requireVersion(client);
    await requireWritable(client);
    await holder.query(HOLD_TURN);
    await recover(client);
    const migrationsList = await readMigrations();
    return await withSchemaEngine({ url, wrapScript: asOneStep }, async (engine) => {
      const result = await engine.applyMigrations({ migrationsList, filters: NO_FILTERS });
      return result.appliedMigrationNames;
    });
  } finally {
    await Promise.all([holder.end(), client.end()]);
  }
}

/**
 * A transaction that stays open for as long as the migrations take. A pooler in transaction mode
 * would leave a session's lock with a connection that it lends to others.
 */
const HOLD_TURN = `
  BEGIN;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SELECT pg_advisory_xact_lock(hashtext('amrutam.migrate')), pg_advisory_xact_lock(${PRISMA_LOCK})`;

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect().catch((error: Error) => {
    const { host, port, database } = client;
    const reason = error.message || (error as NodeJS.ErrnoException).code;
    throw new UserError(`Cannot reach the database ${database} at ${host}:${port}: ${reason}`);
  });
  return client;
}

/** Makes "it was applied" part of the migration's own transaction; `recover` relies on it. */
const asOneStep = (script: string) => `
  SELECT pg_advisory_xact_lock(hashtext('amrutam.migration'));
  ${script}
  ;
  UPDATE _prisma_migrations SET finished_at = now()
   WHERE finished_at IS NULL AND rolled_back_at IS NULL;`;

/** After a kill, Prisma would refuse for good; but what is not marked finished was rolled back. */
async function recover(client: pg.Client): Promise<void> {
  // The server finishes the query of a client that was killed: wait for that first.
  await client.query("SELECT pg_advisory_xact_lock(hashtext('amrutam.migration'))");
  const { rows } = await client.query(
    "SELECT 1 WHERE to_regclass('_prisma_migrations') IS NOT NULL",
  );
  if (rows.length === 0) return;
  await client.query(
    "DELETE FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL",
  );
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    "SELECT current_setting('server_version') AS version",
  );
  const version = rows[0]?.version ?? "unknown";
  if (Number.parseInt(version, 10) >= OLDEST) return;
  throw new UserError(`PostgreSQL ${OLDEST} or newer is needed; the database is ${version}.`);
}

async function requireWritable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>(
    "SHOW transaction_read_only",
  );
  if (rows[0]?.transaction_read_only === "off") return;
  throw new UserError("The database is read-only (a standby?), so it cannot be migrated.");
}

await runIfMain(import.meta.url, async () => {
  const { withDatabase } = await import("./environment");
  const applied = await withDatabase(({ migrationUrl }) => migrate(migrationUrl));
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}` : "Nothing to apply");
});
