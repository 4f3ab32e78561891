import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../scripts/launcher/migrate";
import { startTemporaryPostgres } from "../../scripts/launcher/postgres";
import { DOCUMENTED, startPgBouncer } from "../support/pgbouncer";

declare module "vitest" {
  export interface ProvidedContext {
    /** The `postgres` database, in which test databases are created and dropped. */
    adminUrl: string;
    /** The same database with the app's login; with THROUGH_PGBOUNCER through a pooler. */
    loginUrl: string;
  }
}

/** Starts one PostgreSQL for the run, with a migrated database that every test file clones. */
export default async function setup(project: TestProject) {
  const server = await startTemporaryPostgres();
  const adminUrl = server.url("postgres");
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query("CREATE DATABASE app_template");
  await migrate(server.url("app_template"));
  project.provide("adminUrl", adminUrl);
  const bouncer = process.env.THROUGH_PGBOUNCER
    ? await startPgBouncer([server.appUrl("postgres")], DOCUMENTED)
    : null;
  const loginUrl = server.appUrl("postgres");
  project.provide("loginUrl", bouncer?.through(loginUrl) ?? loginUrl);

  return async () => {
    await bouncer?.stop();
    const { rows } = await admin.query<{ query: string }>(
      "SELECT query FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()",
    );
    await admin.end();
    await server.stop();
    if (rows.length > 0) {
      throw new Error(`Sessions left open: ${rows.map(({ query }) => query).join("; ")}`);
    }
  };
}
