import path from "node:path";
import pg from "pg";
import { DATABASE, pointAt } from "./environment";
import { migrate } from "./migrate";
import type { Postgres } from "./postgres";
import { runQuietly } from "./run.mjs";
import { findWritableHost } from "./writable-host";

type Say = (line: string) => void;

const DRAFT = `${DATABASE}_draft`;

/**
 * Brings the embedded PostgreSQL's database up to date. The first time it is migrated and seeded
 * under another name and renamed when it is whole, so that a kill in between costs nothing.
 */
export async function prepareEmbedded(postgres: Postgres, say: Say): Promise<void> {
  const admin = new pg.Client({ connectionString: postgres.url("postgres") });
  await admin.connect();
  try {
    if (!(await exists(admin, DATABASE))) {
      await admin.query(`DROP DATABASE IF EXISTS ${DRAFT} WITH (FORCE)`);
      await admin.query(`CREATE DATABASE ${DRAFT}`);
      const { url, migrationUrl } = pointAt(postgres, DRAFT);
      await migrateAloud(migrationUrl, say);
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
  await migrateAloud(pointAt(postgres, DATABASE).migrationUrl, say);
}

/** Brings the user's own database up to date; it is seeded only if asked to and while empty. */
export async function prepareOwn(url: string, ownerUrl: string, say: Say): Promise<void> {
  const migrationUrl = await findWritableHost(ownerUrl);
  await migrateAloud(migrationUrl, say);
  if (process.env.SEED_DEMO === "1" && (await isEmpty(migrationUrl))) await seed(url, say);
}

async function migrateAloud(url: string, say: Say): Promise<void> {
  const applied = await migrate(url);
  if (applied.length > 0) say(`Applied ${applied.length} migrations`);
}

/** In a process of its own, because the app's modules keep the first database that they meet. */
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
