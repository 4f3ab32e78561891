import type { Server, ServerResponse } from "node:http";
import { setImmediate as nextRound, setTimeout as sleep } from "node:timers/promises";

/** What still runs after this is cut off. */
const LONGEST_MS = 10_000;
const LONGEST_WAIT_MS = 6000;
const SHORT_LOOK_MS = 1;

let isStopping = false;

/** Whether this process is about to stop: a balancer should send it nothing more. */
export const isDraining = (): boolean => isStopping;

/** Answers that have no headers yet. */
const open = new Set<ServerResponse>();

/** Has an answer that is sent while this process stops end its connection. */
export function watchAnswer(outgoing: ServerResponse): void {
  outgoing.shouldKeepAlive &&= !isStopping;
  open.add(outgoing);
  outgoing.once("close", () => open.delete(outgoing));
}

/**
 * The system resets connections that wait for a listener when it closes, and requests that have
 * arrived and are not read. This ends right after a look that found none and took hardly any time.
 */
async function untilNobodyWaits(server: Server): Promise<void> {
  const latest = performance.now() + LONGEST_WAIT_MS;
  for (let from = performance.now(); from < latest; ) {
    let isCalm = true;
    const notice = () => {
      isCalm = false;
    };
    server.once("connection", notice);
    await nextRound();
    server.off("connection", notice);
    const tookMs = performance.now() - from;
    if (isCalm && tookMs < SHORT_LOOK_MS) return;
    from += tookMs;
  }
}

/**
 * Stops a server so that a balancer in front of it loses nothing. For `graceMs` it still listens and
 * answers, says that it is not ready, and ends each connection with its next answer. Then nobody
 * new gets in, and what runs is finished.
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  isStopping = true;
  for (const outgoing of open) outgoing.shouldKeepAlive = false;
  try {
    if (graceMs > 0) await sleep(graceMs);
    if (graceMs > 0) await untilNobodyWaits(server);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // An answer that was under way may have promised to keep its connection. Closed right after
    // reading, or a request that has arrived and is not read yet would be lost.
    const idle = setInterval(() => setImmediate(() => server.closeIdleConnections()), 100);
    const late = setTimeout(() => server.closeAllConnections(), LONGEST_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(late);
  } finally {
    isStopping = false;
  }
}
