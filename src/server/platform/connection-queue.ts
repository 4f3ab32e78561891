import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * How many requests of one connection run at the same time. With pipelining, a caller can send thousands
 * of requests before it reads a response, and Node would start them all.
 */
const MAX_CONCURRENT = 10;

type Queue = { running: number; waiting: Array<() => void> };
const connections = new WeakMap<Duplex, Queue>();

/**
 * Runs `work` now, or after earlier requests of the connection have their responses. Until then, no more
 * is read from the connection.
 */
export function queuePerConnection(
  connection: Duplex,
  outgoing: ServerResponse,
  work: () => void,
): void {
  const queue = connections.get(connection) ?? { running: 0, waiting: [] };
  connections.set(connection, queue);
  outgoing.once("close", () => {
    queue.running--;
    // Other connections come first, before the next request of this one.
    setImmediate(() => startNext(connection, queue));
  });
  if (queue.running < MAX_CONCURRENT && queue.waiting.length === 0) {
    queue.running++;
    work();
  } else {
    queue.waiting.push(work);
    connection.pause();
  }
}

function startNext(connection: Duplex, queue: Queue): void {
  if (connection.destroyed || queue.running >= MAX_CONCURRENT) return;
  const next = queue.waiting.shift();
  if (queue.waiting.length === 0) connection.resume();
  if (!next) return;
  queue.running++;
  next();
}
