import { diffMigrationsToSchema } from "./schema-diff";

// Prisma compares what it can express: tables, columns, defaults, enums, keys, plain indexes. It
// does not look at EXCLUDE and CHECK constraints, partial indexes, partitions, triggers, functions
// or grants, which is why none of those needs an exception here.
const drift = await diffMigrationsToSchema();
if (drift.length === 0) {
  console.log("prisma/schema and prisma/migrations agree");
} else {
  console.error("prisma/schema and prisma/migrations differ. To make them agree, run this SQL");
  console.error("in a new migration (npm run db:migration -- name), or change the schema:\n");
  console.error(drift);
  process.exitCode = 1;
}
