import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { z } from "zod";
import { DATABASE } from "../../scripts/environment";
import { freePort } from "../../scripts/postgres";
import { findChromium } from "./chromium";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the demo runs, without a slash at its end. */
    baseUrl: string;
    /** Its database, for what no page can do, such as letting time pass. */
    databaseUrl: string;
    chromium: string;
  }
}

// It may build first, on cores that others use as well.
const START_MS = 900_000;
const STOP_MS = 30_000;

/** The demo as `npm start` serves it, with a folder of its own, for all end-to-end tests. */
export default async function setup(project: TestProject) {
  project.provide("chromium", findChromium());
  const dataDir = await mkdtemp(path.join(tmpdir(), "amrutam-e2e-"));
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...withoutOurs(process.env),
      PORT: String(port),
      DATA_DIR: dataDir,
      RATE_LIMITS: "off",
      LOG_LEVEL: "warn",
    },
  });
  const log = keepOutput(child);
  try {
    await untilReady(child, log);
  } catch (error) {
    await stop(child);
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
  project.provide("baseUrl", `http://127.0.0.1:${port}`);
  project.provide("databaseUrl", await databaseIn(dataDir));

  return async () => {
    const violated = await checkInvariants(dataDir);
    const code = await stop(child);
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    if (code !== 0) throw new Error(`The server ended with ${code} when asked to stop`);
    if (violated) throw new Error(`Invariants are broken:\n${violated}`);
  };
}

/** The embedded database of a data folder that is in use. */
async function databaseIn(dataDir: string): Promise<string> {
  const shape = z.object({ password: z.string(), port: z.int() });
  const file = await readFile(path.join(dataDir, "postgres.json"), "utf8");
  const { password, port } = shape.parse(JSON.parse(file));
  return `postgresql://postgres:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** The environment without what steers this run or a server of the user's own. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const steering = /^(VITEST|NODE_OPTIONS$|npm_|SEED_DEMO$|HOST$|HOLD_MINUTES$|REQUIRE_MFA$)/;
  const outside =
    /^(DATABASE|MIGRATION_DATABASE|REDIS|UPSTASH|INNGEST|SMTP|STRIPE|APP_URL|NEXTAUTH)/;
  const kept = Object.entries(env).filter(([name]) => !steering.test(name) && !outside.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "production" };
}

/** What the server prints is kept beside the screenshots: a page that failed is explained there. */
function keepOutput(child: ChildProcess): string {
  mkdirSync(".screenshots", { recursive: true });
  const log = path.join(".screenshots", "server.log");
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream?.pipe(file, { end: false });
  child.once("close", () => file.end());
  return log;
}

async function untilReady(child: ChildProcess, log: string): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    child.stdout?.on("data", (text: Buffer) => {
      if (text.includes("Amrutam is ready at")) resolve();
    });
  });
  const ended = once(child, "close").then(() => "ended");
  const outcome = await Promise.race([ready, ended, sleep(START_MS, "timed out", { ref: false })]);
  if (!outcome) return;
  throw new Error(`The server ${outcome} before it was ready:\n${await readFile(log, "utf8")}`);
}

/** Asks the demo's database, while it runs. @returns what is broken, null where nothing is. */
async function checkInvariants(dataDir: string): Promise<string | null> {
  const check = spawn(process.execPath, ["--import", "tsx", "scripts/check-invariants.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...withoutOurs(process.env), DATA_DIR: dataDir },
  });
  let said = "";
  for (const stream of [check.stdout, check.stderr]) {
    stream.on("data", (text: Buffer) => {
      said += text;
    });
  }
  const [code] = await once(check, "close");
  return code === 0 ? null : said;
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exited;
  clearTimeout(late);
  return child.exitCode;
}
