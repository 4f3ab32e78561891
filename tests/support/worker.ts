import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach } from "vitest";

const children = new Set<ChildProcess>();

afterEach(() => Promise.all([...children].map(kill)));

/** Starts a process of jobs/fixtures that works on the jobs; it is killed after the test. */
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

/** kill -9: nothing of the process runs any more, not even its last words. */
export async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
