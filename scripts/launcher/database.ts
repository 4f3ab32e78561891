import path from "node:path";
import pg from "pg";
import { DATABASE, setDatabase } from "./environment";
import { migrate } from "./migrate";
import type { Postgres } from "./postgres";
import { runQuietly } from "./run.mjs";
import { findWritableHost } from "./writable-host";

type Say = (line: string) => void;

const DRAFT = `${DATABASE}_draft`;

/**
 * Migrates the database of the embedded PostgreSQL. The first time, the database is migrated and
 * seeded under another name and then renamed, so that an interrupted start leaves no half-made one.
 */
export async function prepareEmbedded(postgres: Postgres, say: Say): Promise<void> {
  const admin = new pg.Client({ connectionString: postgres.url("postgres") });
  await admin.connect();
  try {
    if (!(await exists(admin, DATABASE))) {
      await admin.query(`DROP DATABASE IF EXISTS ${DRAFT} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${DRAFT}`);
      const { url, migrationUrl } = setDatabase(postgres, DRAFT);
      await migrateAndReport(migrationUrl, say);
      await seed(url, say);
      await admin.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
        [DRAFT],
      );
      await admin.query(`ALTER DATABASE ${DRAFT} RENAME TO ${DATABASE}`);
    }
  } finally {
    await admin.end();
  }
  await migrateAndReport(setDatabase(postgres, DATABASE).migrationUrl, say);
}

/** Migrates the database of DATABASE_URL, and seeds it if SEED_DEMO is 1 and it has no users. */
export async function prepareExternal(url: string, ownerUrl: string, say: Say): Promise<void> {
  const migrationUrl = await findWritableHost(ownerUrl);
  await migrateAndReport(migrationUrl, say);
  if (process.env.SEED_DEMO === "1" && (await isEmpty(migrationUrl))) await seed(url, say);
}

async function migrateAndReport(url: string, say: Say): Promise<void> {
  const applied = await migrate(url);
  if (applied.length > 0) say(`Applied ${applied.length} migrations`);
}

/** Seeds in a separate process, because the app's modules keep the first database URL they read. */
async function seed(url: string, say: Say): Promise<void> {
  say("Seeding the demo");
  const script = path.join(import.meta.dirname, "seed.ts");
  await runQuietly(script, [], { DATABASE_URL: url });
}

async function exists(admin: pg.Client, name: string): Promise<boolean> {
  const { rows } = await admin.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  return rows.length > 0;
}

async function isEmpty(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("SELECT FROM users LIMIT 1");
    return rows.length === 0;
  } finally {
    await client.end();
  }
}
