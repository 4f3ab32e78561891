import type { Server, ServerResponse } from "node:http";
import { setImmediate as nextRound, setTimeout as sleep } from "node:timers/promises";

/** Requests that run longer than this are aborted. */
const MAX_DRAIN_MS = 10_000;
const MAX_ACCEPT_MS = 6000;
const SHORT_ROUND_MS = 1;

let isStopping = false;

/** Whether this process is stopping, so that a load balancer should send no more requests. */
export const isDraining = (): boolean => isStopping;

/** Responses that are not finished. */
const open = new Set<ServerResponse>();

/** Tracks a response, so that it closes its connection if this process is stopping. */
export function trackResponse(outgoing: ServerResponse): void {
  outgoing.shouldKeepAlive &&= !isStopping;
  open.add(outgoing);
  outgoing.once("close", () => open.delete(outgoing));
}

/**
 * Waits until no connection is waiting to be accepted. When the listener closes, the operating system
 * resets waiting connections and unread requests. So this resolves right after a round of the event
 * loop that was short and had no new connection.
 */
async function untilNoneWaits(server: Server): Promise<void> {
  const latest = performance.now() + MAX_ACCEPT_MS;
  for (let from = performance.now(); from < latest; ) {
    let isCalm = true;
    const onConnection = () => {
      isCalm = false;
    };
    server.once("connection", onConnection);
    await nextRound();
    server.off("connection", onConnection);
    const tookMs = performance.now() - from;
    if (isCalm && tookMs < SHORT_ROUND_MS) return;
    from += tookMs;
  }
}

/**
 * Stops a server without losing requests of a load balancer. For `graceMs` it still serves, reports that
 * it is not ready, and closes each connection with its next response. Then it accepts no new connection
 * and finishes the running requests.
 */
export async function drain(server: Server, graceMs: number): Promise<void> {
  isStopping = true;
  for (const outgoing of open) outgoing.shouldKeepAlive = false;
  try {
    if (graceMs > 0) await sleep(graceMs);
    if (graceMs > 0) await untilNoneWaits(server);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    // A response that had started may have announced keep-alive. Close its idle connection right after
    // the event loop has read the sockets, so that no request that has arrived is lost.
    const idle = setInterval(() => setImmediate(() => server.closeIdleConnections()), 100);
    const late = setTimeout(() => server.closeAllConnections(), MAX_DRAIN_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(late);
  } finally {
    isStopping = false;
  }
}
