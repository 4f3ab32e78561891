import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll } from "vitest";
import { endProcess } from "../../scripts/lab/child-process";
import { freePort } from "../../scripts/launcher/postgres";
import { Api } from "./http";

const FIXTURE = path.join(import.meta.dirname, "../integration/fixtures/server.ts");
const started = new Set<ChildProcess>();

afterAll(() => Promise.all([...started].map((child) => stop(child))));

async function stop(child: ChildProcess, signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
  started.delete(child);
  await endProcess(child, signal, 10_000);
}

/** Starts the app as a separate process on the test's database. It is stopped after the file's tests. */
export async function startApp(environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", FIXTURE], {
    env: {
      ...process.env,
      NODE_OPTIONS: "",
      PORT: String(await freePort()),
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  started.add(child);
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => printed.push(chunk));
  }
  const log = () => Buffer.concat(printed).toString("utf8");
  const died = once(child, "exit").then(() => {
    throw new Error(`the app ended:\n${log()}`);
  });
  died.catch(() => undefined);
  const answer = async <T>(): Promise<T> => {
    const [message] = await Promise.race([once(child, "message"), died]);
    return message as T;
  };
  const { url } = await answer<{ url: string }>();
  return {
    api: new Api((requested, init) => fetch(`${url}${requested}`, init)),
    log,
    async metrics(): Promise<string> {
      child.send("metrics");
      return (await answer<{ metrics: string }>()).metrics;
    },
    stop: () => stop(child),
    kill: () => stop(child, "SIGKILL"),
  };
}
