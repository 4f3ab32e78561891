import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/launcher/postgres";

// It may build first, on cores that others use as well.
const START_MS = 900_000;
const STOP_MS = 30_000;

type Demo = {
  /** Where it runs, without a slash at its end. */
  url: string;
  /** Asks its database whether all is in order, then stops it. @throws where anything is not. */
  close: () => Promise<void>;
};

/**
 * The demo as `npm start` serves it, on a free port.
 * @param name of the file beside the screenshots that keeps what it prints.
 * @param environment DATA_DIR, and what else differs from a demo that nobody configured.
 */
export async function startDemo(
  name: string,
  environment: { DATA_DIR: string } & Record<string, string>,
): Promise<Demo> {
  const port = await freePort();
  const env = {
    ...withoutOurs(process.env),
    LOG_LEVEL: "warn",
    SHUTDOWN_GRACE_SECONDS: "0",
    ...environment,
  };
  const child = spawn(process.execPath, ["scripts/launcher/start.mjs"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, PORT: String(port) },
  });
  const log = keepOutput(child, name);
  try {
    await untilReady(child, log);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const violated = await checkInvariants(env);
      const code = await stop(child);
      if (code !== 0) throw new Error(`The server ended with ${code} when asked to stop`);
      if (violated) throw new Error(`Invariants are broken:\n${violated}`);
    },
  };
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
function keepOutput(child: ChildProcess, name: string): string {
  mkdirSync(".screenshots", { recursive: true });
  const log = path.join(".screenshots", `${name}.log`);
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
async function checkInvariants(env: NodeJS.ProcessEnv): Promise<string | null> {
  const check = spawn(process.execPath, ["--import", "tsx", "scripts/checks/check-invariants.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
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
