import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { diffMigrationsToSchema } from "../checks/schema-diff";
import { MIGRATIONS_DIR } from "../launcher/schema-engine";

// npm run db:migration -- name
const [, , name = ""] = process.argv;
if (!/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Give the migration a name: npm run db:migration -- add_follow_ups");
  process.exit(2);
}
const sql = await diffMigrationsToSchema();
const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
const folder = path.join(MIGRATIONS_DIR, `${stamp}_${name}`);
await mkdir(folder, { recursive: true });
// An empty one is useful too: for what Prisma cannot express.
await writeFile(path.join(folder, "migration.sql"), sql || `-- ${name.replaceAll("_", " ")}\n`);
console.log(`Wrote ${path.relative(process.cwd(), folder)}/migration.sql; read it and edit it.`);
