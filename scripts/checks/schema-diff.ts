import pg from "pg";
import { readMigrations } from "../launcher/migrations";
import type { Postgres } from "../launcher/postgres";
import { migrationList, NO_FILTERS, readSchema, withSchemaEngine } from "./schema-engine";

/** Drafts the SQL that leads from prisma/migrations to prisma/schema; empty if they agree. */
export async function diffMigrationsToSchema(server: Postgres): Promise<string> {
  const client = new pg.Client({ connectionString: server.url("postgres") });
  await client.connect();
  await client.query("CREATE DATABASE shadow");
  await client.end();
  const [migrations, files] = await Promise.all([readMigrations(), readSchema()]);
  const { exitCode, stdout } = await withSchemaEngine(
    { url: server.url("postgres"), shadowUrl: server.url("shadow") },
    (engine) =>
      engine.diff({
        from: { tag: "migrations", ...migrationList(migrations) },
        to: { tag: "schemaDatamodel", files },
        script: true,
        exitCode: true,
        filters: NO_FILTERS,
      }),
  );
  return exitCode === 0 ? "" : (stdout ?? "");
}
