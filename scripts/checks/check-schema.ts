import { readFile } from "node:fs/promises";
import { diffMigrationsToSchema } from "./schema-diff";
import { DUMP_FILE, dumpMigrations } from "./schema-dump";
import { withTemporaryServer } from "./temporary-server";

// Prisma compares only what its schema can express: tables, columns, defaults, enums, keys and
// plain indexes. The dump also has exclusion and check constraints, partial indexes, triggers,
// functions and grants.
const [drift, dump] = await withTemporaryServer(async (server) => [
  await diffMigrationsToSchema(server),
  await dumpMigrations(server),
]);
if (drift) {
  console.error("prisma/schema and prisma/migrations differ. Put this SQL into a new migration");
  console.error("(npm run db:migration -- name), or change the schema:\n");
  console.error(drift);
  process.exitCode = 1;
}
if (dump !== (await readFile(DUMP_FILE, "utf8").catch(() => ""))) {
  console.error("prisma/schema.sql is not what prisma/migrations leave: run npm run db:schema");
  process.exitCode = 1;
}
if (!process.exitCode) console.log("prisma/schema, prisma/migrations and prisma/schema.sql agree");
