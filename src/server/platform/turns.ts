import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * How many requests of one connection are answered at the same time. A caller may send thousands
 * before it reads an answer, and Node starts them all at once.
 */
const AT_ONCE = 10;

type Turns = { running: number; waiting: Array<() => void> };
const connections = new WeakMap<Duplex, Turns>();

/** Runs `work` now, or when earlier requests of its connection are answered; meanwhile nothing more is read. */
export function inTurn(connection: Duplex, outgoing: ServerResponse, work: () => void): void {
  const turns = connections.get(connection) ?? { running: 0, waiting: [] };
  connections.set(connection, turns);
  outgoing.once("close", () => {
    turns.running--;
    // Not at once: other connections come before the next request of this one.
    setImmediate(() => startNext(connection, turns));
  });
  if (turns.running < AT_ONCE && turns.waiting.length === 0) {
    turns.running++;
    work();
  } else {
    turns.waiting.push(work);
    connection.pause();
  }
}

function startNext(connection: Duplex, turns: Turns): void {
  if (connection.destroyed || turns.running >= AT_ONCE) return;
  const next = turns.waiting.shift();
  if (turns.waiting.length === 0) connection.resume();
  if (!next) return;
  turns.running++;
  next();
}
