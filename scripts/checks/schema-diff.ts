import pg from "pg";
import { startTemporaryPostgres } from "../launcher/postgres";
import {
  NO_FILTERS,
  readMigrations,
  readSchema,
  withSchemaEngine,
} from "../launcher/schema-engine";

/** The SQL that leads from prisma/migrations to prisma/schema; empty where they agree. */
export async function diffMigrationsToSchema(): Promise<string> {
  const server = await startTemporaryPostgres();
  try {
    const client = new pg.Client({ connectionString: server.url("postgres") });
    await client.connect();
    await client.query("CREATE DATABASE shadow");
    await client.end();
    const [migrations, files] = await Promise.all([readMigrations(), readSchema()]);
    const { exitCode, stdout } = await withSchemaEngine(
      { url: server.url("postgres"), shadowUrl: server.url("shadow") },
      (engine) =>
        engine.diff({
          from: { tag: "migrations", ...migrations },
          to: { tag: "schemaDatamodel", files },
          script: true,
          exitCode: true,
          filters: NO_FILTERS,
        }),
    );
    return exitCode === 0 ? "" : (stdout ?? "");
  } finally {
    await server.stop();
  }
}
