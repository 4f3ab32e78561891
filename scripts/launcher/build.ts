import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { runIfMain } from "./command";
import { waitForLock } from "./lock.mjs";
import { runQuietly } from "./run.mjs";
import { ROOT } from "./setup.mjs";

const STAMP = path.join(ROOT, ".next", "sources.sha256");
const SOURCES = [
  "src",
  "public",
  "prisma/schema",
  "next.config.js",
  "package-lock.json",
  "postcss.config.mjs",
  "tsconfig.json",
];

/** Builds the pages, unless the last build had the same sources. */
export async function buildIfNeeded(say: (line: string) => void): Promise<void> {
  if (await isFresh()) return;
  const release = await waitForLock(path.join(ROOT, ".setup.lock"), (pid) =>
    say(`Waiting until process ${pid} has built the pages`),
  );
  try {
    if (await isFresh()) return;
    say("Building the pages (only if sources changed; about half a minute)");
    const stamp = await hashSources();
    const next = path.join(ROOT, "node_modules", "next", "dist", "bin", "next");
    await runQuietly(next, ["build"], { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" });
    writeFileSync(STAMP, stamp);
  } finally {
    release();
  }
}

const isFresh = async () =>
  existsSync(STAMP) && readFileSync(STAMP, "utf8") === (await hashSources());

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await listFiles(path.join(ROOT, source))) {
      hash
        .update(path.relative(ROOT, file))
        .update("\0")
        .update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

/** Lists the file itself, or every file below a folder, in a fixed order. A missing path has no files. */
async function listFiles(place: string): Promise<string[]> {
  if (!existsSync(place) || place.endsWith(`${path.sep}generated`)) return [];
  try {
    const names = await readdir(place);
    return (
      await Promise.all(names.sort().map((name) => listFiles(path.join(place, name))))
    ).flat();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return [place];
    throw error;
  }
}

await runIfMain(import.meta.url, () => buildIfNeeded((line) => console.log(`• ${line}`)));
