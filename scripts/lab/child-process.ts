import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const START_TIMEOUT_MS = 60_000;

/**
 * Starts an installed program.
 * @param debianPackage that contains the program. @throws with instructions if it is not installed.
 */
export async function startProgram(
  [program, ...args]: [string, ...string[]],
  debianPackage: string,
  options: SpawnOptions = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, options);
  const failed = once(child, "error").then(() => {
    const install = `apt-get update && apt-get install -y ${debianPackage}     (Debian; as root)`;
    throw new Error(`${program} is needed and not installed. Install it with:\n  ${install}`);
  });
  await Promise.race([once(child, "spawn"), failed]);
  return child;
}

/** Waits until a started program answers. @param answers rejects until then. */
export async function untilAnswers(
  program: string,
  answers: () => Promise<unknown>,
): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (!(await answers().then(Boolean, () => false))) {
    if (Date.now() > end) throw new Error(`${program} was started but does not answer`);
    await sleep(50);
  }
}

/** Sends a signal and waits until the process has ended. Kills the process after `timeoutMs`. */
export async function endProcess(
  child: ChildProcess,
  signal: "SIGTERM" | "SIGKILL" = "SIGTERM",
  timeoutMs = 120_000,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  await exited;
  clearTimeout(late);
}
