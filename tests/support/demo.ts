import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess } from "../../scripts/lab/child-process";
import { freePort } from "../../scripts/launcher/postgres";

// The server may build first, on a busy machine.
const START_MS = 900_000;
const STOP_MS = 30_000;

type Demo = {
  /** The demo's URL, without a trailing slash. */
  url: string;
  /** Checks the invariants and stops the demo. @throws if an invariant is violated or the stop fails. */
  close: () => Promise<void>;
};

/**
 * Starts the demo as `npm start` does, on a free port.
 * @param name of the log file, which is saved with the screenshots.
 * @param environment DATA_DIR, and other differences from a demo without configuration.
 */
export async function startDemo(
  name: string,
  environment: { DATA_DIR: string } & Record<string, string>,
): Promise<Demo> {
  const port = await freePort();
  const env = {
    ...cleanEnvironment(process.env),
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

/** The environment without settings of this test run and without services of the user. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const testSettings = /^(VITEST|NODE_OPTIONS$|npm_|SEED_DEMO$|HOST$|HOLD_MINUTES$|REQUIRE_MFA$)/;
  const services =
    /^(DATABASE|MIGRATION_DATABASE|REDIS|UPSTASH|INNGEST|SMTP|STRIPE|APP_URL|NEXTAUTH)/;
  const kept = Object.entries(env).filter(
    ([name]) => !testSettings.test(name) && !services.test(name),
  );
  return { ...Object.fromEntries(kept), NODE_ENV: "production" };
}

/** Writes the server's output to a file, to explain a page that failed. */
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

/** Checks the demo's database while it runs. @returns the violations; null if there are none. */
async function checkInvariants(env: NodeJS.ProcessEnv): Promise<string | null> {
  const check = spawn(process.execPath, ["--import", "tsx", "scripts/checks/check-invariants.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  let output = "";
  for (const stream of [check.stdout, check.stderr]) {
    stream.on("data", (text: Buffer) => {
      output += text;
    });
  }
  const [code] = await once(check, "close");
  return code === 0 ? null : output;
}

async function stop(child: ChildProcess): Promise<number | null> {
  await endProcess(child, "SIGTERM", STOP_MS);
  return child.exitCode;
}
