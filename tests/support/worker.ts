import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach } from "vitest";
import { endProcess } from "../../scripts/lab/child-process";

const children = new Set<ChildProcess>();

afterEach(() => Promise.all([...children].map(kill)));

/** Starts a job worker from jobs/fixtures as a process. It is killed after the test. */
export async function startWorker(
  fixture: string,
  env: Record<string, string>,
): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, "../integration/jobs/fixtures", fixture);
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, ...env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  if (child.stdout) await once(child.stdout, "data");
  return child;
}

/** Kills the process with SIGKILL. */
export async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  await endProcess(child, "SIGKILL");
}
