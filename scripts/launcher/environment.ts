import path from "node:path";
import pg from "pg";
import { parseEnv } from "../../src/env";
import { UserError } from "./command";
import { takeLock } from "./lock.mjs";
import { type Postgres, startPostgres } from "./postgres";
import { loadSecrets } from "./secrets";
import { findWritableHost } from "./writable-host";

/** The name of the app's database inside the embedded PostgreSQL. */
export const DATABASE = "amrutam";

/**
 * Completes process.env: decides between demo and production, and adds the demo's secrets, which
 * are kept in DATA_DIR.
 * @throws EnvironmentError that names every variable that is missing or wrong.
 */
export async function prepareEnvironment(): Promise<{ dataDir: string; isEmbedded: boolean }> {
  const dataDir = path.resolve(process.env.DATA_DIR || ".data");
  const isEmbedded = !process.env.DATABASE_URL;
  const isProduction = !isEmbedded && process.env.SEED_DEMO !== "1";
  process.env.DATA_DIR = dataDir;
  process.env.AMRUTAM_MODE = isProduction ? "production" : "demo";
  if (!isProduction) {
    for (const [name, value] of Object.entries(await loadSecrets(dataDir))) {
      process.env[name] ||= value;
    }
  }
  // The embedded database has no address yet. All other variables are checked before it starts.
  parseEnv(isEmbedded ? { ...process.env, DATABASE_URL: "postgresql://embedded" } : process.env);
  return { dataDir, isEmbedded };
}

/** Locks the folder for this process, because two processes must not use one folder. */
export async function lockDataDir(dataDir: string): Promise<() => void> {
  const lock = await takeLock(path.join(dataDir, "lock"));
  if ("release" in lock) return lock.release;
  throw new UserError(
    `Process ${lock.heldBy} already uses ${dataDir}. Stop it first, or set DATA_DIR and PORT.`,
  );
}

/** Sets the database URLs of this process and its children to one of the embedded PostgreSQL. */
export function setDatabase(
  postgres: Postgres,
  name: string,
): { url: string; migrationUrl: string } {
  const urls = { url: postgres.appUrl(name), migrationUrl: postgres.url(name) };
  process.env.DATABASE_URL = urls.url;
  process.env.MIGRATION_DATABASE_URL = urls.migrationUrl;
  return urls;
}

/**
 * Runs `work` with the app's database, for commands of an operator. If the app is running, its
 * embedded PostgreSQL keeps running.
 */
export async function withDatabase<Result>(
  work: (database: { url: string; migrationUrl: string }) => Promise<Result>,
): Promise<Result> {
  const { dataDir, isEmbedded } = await prepareEnvironment();
  if (!isEmbedded) {
    const { DATABASE_URL: url = "", MIGRATION_DATABASE_URL: migrationUrl } = process.env;
    return work({ url, migrationUrl: await findWritableHost(migrationUrl || url) });
  }
  const lock = await takeLock(path.join(dataDir, "lock"));
  const isOurs = "release" in lock;
  try {
    const postgres = await startPostgres({ dataDir, onlyAdopt: !isOurs });
    try {
      const urls = setDatabase(postgres, DATABASE);
      await requireDatabase(urls.migrationUrl);
      return await work(urls);
    } finally {
      if (isOurs) await postgres.stop();
    }
  } finally {
    if (isOurs) lock.release();
  }
}

async function requireDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect().catch((error: pg.DatabaseError) => {
    if (error.code !== "3D000") throw error;
    throw new UserError("There is no database yet. Run npm start once, or set DATABASE_URL.");
  });
  await client.end();
}
