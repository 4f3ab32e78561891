import { commandLine, parentOf } from "./processes.mjs";

type Step = () => Promise<unknown> | unknown;

/** How long a shutdown may take, beside the grace time in which the server still serves. */
const LONGEST_MS = 20_000;
/** A terminal signals both npm and this process, and npm passes its own on: one Ctrl-C, twice. */
const SAME_KEYSTROKE_MS = 1_000;

const steps: Step[] = [];
let startedAt: number | undefined;
let isTerminal = false;

/** Whether Ctrl-C or a closed terminal ends this process: there is no balancer then, and somebody waits. */
export const isEndedByTerminal = (): boolean => isTerminal;

/** Adds what a shutdown has to do; the last added is done first. */
export const onShutdown = (step: Step): void => void steps.push(step);

/** Whether this process is on its way out, so that errors of interrupted work mean nothing. */
export const isShuttingDown = (): boolean => startedAt !== undefined;

/** Ends the process in order: Ctrl-C, `kill`, a closed terminal, or npm gone without a word. */
export function installShutdown(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (startedAt !== undefined && Date.now() - startedAt > SAME_KEYSTROKE_MS) process.exit(1);
      isTerminal ||= signal !== "SIGTERM" && process.stdin.isTTY === true;
      void shutDown(0);
    });
  }
  // Whoever read the output may go first; that is no reason to fall over.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  watchParents(() => void shutDown(1));
}

/** Does every step, each even if another fails, and exits. */
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
 * `kill -9` of npm leaves this process running with nobody to stop it. It notices that by its
 * ancestors, up to npm, which the system then replaces; a zombie npm is seen through as well.
 */
function watchParents(onGone: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const line = [process.pid, process.ppid];
  for (let pid = process.ppid; pid > 1 && line.length < 5; ) {
    if (/\bnpm\b/.test(commandLine(pid) ?? "")) break;
    pid = parentOf(pid);
    line.push(pid);
  }
  const links = line.slice(1).map((parent, index) => ({ child: line[index] ?? 0, parent }));
  const watched = /\bnpm\b/.test(commandLine(line.at(-1) ?? 0) ?? "") ? links : links.slice(0, 1);
  setInterval(() => {
    if (watched.some(({ child, parent }) => parentOf(child) !== parent)) onGone();
  }, 1_000).unref();
}
