import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { diffMigrationsToSchema } from "../checks/schema-diff";
import { withTemporaryServer } from "../checks/temporary-server";
import { MIGRATIONS_DIR } from "../launcher/migrations";

// npm run db:migration -- name
const [, , name = ""] = process.argv;
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Give the migration a name: npm run db:migration -- add_follow_ups");
  process.exit(2);
}
const sql = await withTemporaryServer(diffMigrationsToSchema);
const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
const folder = path.join(MIGRATIONS_DIR, `${stamp}_${name}`);
await mkdir(folder, { recursive: true });
// A migration without a draft is for what Prisma's schema cannot express, for example a trigger.
await writeFile(path.join(folder, "migration.sql"), sql || `-- ${name.replaceAll("_", " ")}\n`);
console.log(`Wrote ${path.relative(process.cwd(), folder)}/migration.sql.`);
console.log("Read and edit it, then run npm run db:schema.");
