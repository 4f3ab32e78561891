import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { ROOT } from "./setup.mjs";

/** One folder of prisma/migrations: its name and the SQL of its migration.sql. */
export type Migration = { name: string; sql: string };

export const MIGRATIONS_DIR = path.join(ROOT, "prisma", "migrations");

/** Reads every migration of a folder, oldest first. */
export async function readMigrations(folder = MIGRATIONS_DIR): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({
      name,
      sql: await readFile(path.join(folder, name, "migration.sql"), "utf8"),
    })),
  );
}

/** Computes the checksum that Prisma keeps in _prisma_migrations: SHA-256 in hexadecimal. */
export const checksumOf = (sql: string) => createHash("sha256").update(sql).digest("hex");

/** Whether the file is the one that was applied. Like Prisma, accepts other line endings. */
export function hasChecksum(sql: string, checksum: string): boolean {
  const unix = sql.replaceAll("\r\n", "\n");
  return [sql, unix, unix.replaceAll("\n", "\r\n")].some((text) => checksumOf(text) === checksum);
}
