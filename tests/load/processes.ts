import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcess } from "../../scripts/lab/child-process";
import type { BareMessage } from "./bare";
import type { Job, Outcome } from "./generator";

const ROOT = path.resolve(import.meta.dirname, "..", "..");
const START_TIMEOUT_S = 180;

type Environment = Record<string, string>;

/** Starts a program that ends with this process, even if this process is killed. */
function spawnTethered(program: string, env: Environment): ChildProcess {
  const withParent = path.join(ROOT, "scripts", "launcher", "run-with-parent.mjs");
  return spawn(process.execPath, ["--import", "tsx", withParent, path.join(ROOT, program)], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    // Its output would mix with the printed table. Errors are on stderr.
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** Starts the app as `npm start` does, on an existing database. */
export async function startApp(port: number, env: Environment) {
  const child = spawnTethered("scripts/launcher/start.mjs", {
    SHUTDOWN_GRACE_SECONDS: "0",
    ...env,
    PORT: String(port),
  });
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < START_TIMEOUT_S; waited += 0.25) {
    if (child.exitCode !== null) throw new Error("The app did not start. Its output is above.");
    const isReady = await fetch(`${url}/api/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return { port, url, stop: () => endProcess(child) };
    await sleep(250);
  }
  await endProcess(child);
  throw new Error(`The app was not ready after ${START_TIMEOUT_S} s.`);
}

/** Starts the bare server. `fix` sets the JSON that it answers. */
export async function startBare(env: Environment) {
  const child = spawnTethered("tests/load/bare.ts", env);
  const [message] = (await once(child, "message")) as [BareMessage];
  if (!("listening" in message)) throw new Error("The bare server sent an unknown message.");
  return {
    port: message.listening,
    fix: (fixed: Record<string, string>) => {
      child.send({ fixed } satisfies BareMessage);
    },
    stop: () => endProcess(child),
  };
}

/** Starts the load generator, which does one job at a time. */
export function startGenerator() {
  const child = spawnTethered("tests/load/generator.ts", {});
  return {
    run: async (job: Job): Promise<Outcome> => {
      child.send(job);
      const [outcome] = (await once(child, "message")) as [Outcome];
      return outcome;
    },
    stop: () => endProcess(child),
  };
}
