import { commandLine, parentOf } from "./processes.mjs";

type Step = () => Promise<unknown> | unknown;

/** How long a shutdown may take in addition to the grace time, in which the server still answers. */
const LONGEST_MS = 20_000;
/** One Ctrl-C arrives twice: the terminal signals npm and this process, and npm forwards its signal. */
const SAME_KEYSTROKE_MS = 1_000;

const steps: Step[] = [];
let startedAt: number | undefined;
let isTerminal = false;

/** Whether Ctrl-C or a closed terminal ends this process. There is no load balancer to wait for then. */
export const isEndedByTerminal = (): boolean => isTerminal;

/** Adds a step of the shutdown. The last added step runs first. */
export const onShutdown = (step: Step): void => void steps.push(step);

/** Whether this process is shutting down. Errors of interrupted work are then to be ignored. */
export const isShuttingDown = (): boolean => startedAt !== undefined;

/** Shuts down on Ctrl-C, on `kill`, when the terminal is closed, and when npm has been killed. */
export function installShutdown(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (startedAt !== undefined && Date.now() - startedAt > SAME_KEYSTROKE_MS) process.exit(1);
      isTerminal ||= signal !== "SIGTERM" && process.stdin.isTTY === true;
      void shutDown(0);
    });
  }
  // The reader of the output may end first. That must not end this process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  watchParents(() => void shutDown(1));
}

/** Runs every step, also after a step has failed, and exits. */
export async function shutDown(code: number): Promise<void> {
  if (startedAt !== undefined) return;
  startedAt = Date.now();
  const graceMs = Number(process.env.SHUTDOWN_GRACE_SECONDS ?? 5) * 1000 || 0;
  setTimeout(() => process.exit(1), LONGEST_MS + graceMs).unref();
  let result = code;
  for (const step of steps.reverse()) {
    try {
      await step();
    } catch (error) {
      console.error(error);
      result = 1;
    }
  }
  process.exit(result);
}

/**
 * Calls `onGone` when npm has been killed (`kill -9`): otherwise nothing would stop this process.
 * The operating system then gives one of its ancestors, up to npm, a new parent. This also works if
 * npm stays as a zombie.
 */
function watchParents(onGone: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const ancestors = [process.pid, process.ppid];
  for (let pid = process.ppid; pid > 1 && ancestors.length < 5; ) {
    if (/\bnpm\b/.test(commandLine(pid) ?? "")) break;
    pid = parentOf(pid);
    ancestors.push(pid);
  }
  const links = ancestors
    .slice(1)
    .map((parent, index) => ({ child: ancestors[index] ?? 0, parent }));
  const watched = /\bnpm\b/.test(commandLine(ancestors.at(-1) ?? 0) ?? "")
    ? links
    : links.slice(0, 1);
  setInterval(() => {
    if (watched.some(({ child, parent }) => parentOf(child) !== parent)) onGone();
  }, 1_000).unref();
}
