import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DUMP_FILE, dumpMigrations } from "../checks/schema-dump";
import { withTemporaryServer } from "../checks/temporary-server";

// npm run db:schema
await writeFile(DUMP_FILE, await withTemporaryServer(dumpMigrations));
console.log(`Wrote ${path.relative(process.cwd(), DUMP_FILE)}`);
