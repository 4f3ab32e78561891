import { connect } from "node:net";

/**
 * The load generator, a separate process. It writes prepared HTTP/1.1 requests to kept-alive sockets,
 * one at a time per socket, and measures the answers. It uses no client library, because a library
 * needs more CPU than the bare server, and so would improve the ratio of every row.
 */
export type Job = {
  port: number;
  connections: number;
  /** Complete requests as text. */
  requests: string[];
  /** Repeats the requests until the time is up; otherwise sends each once. */
  repeat: boolean;
  /** The longest duration. */
  seconds: number;
};

export type Outcome = {
  ok: number;
  /** Number of answers by status. `lost` counts missing answers. */
  statuses: Record<string, number>;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  /** Mean size of an answer, head and body. */
  bytes: number;
};

/** Longer than the app's own limit. */
const TIMEOUT_MS = 40_000;

type Tally = { latencies: number[]; statuses: Map<string, number>; bytes: number };

/** Whether the text is a complete answer. A socket has at most one request at a time. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1];
  // The last chunk. JSON contains no bare line break, so a body cannot look like it.
  if (length === undefined) return text.endsWith("\r\n0\r\n\r\n");
  return text.length >= head + 4 + Number(length);
}

/** Sends requests over one connection until `take` returns null. Counts and replaces a lost socket. */
function work(port: number, take: () => string | null, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let text = "";
    let sentAt = 0;
    let waiting = false;
    const count = (status: string) =>
      tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    const send = () => {
      const request = take();
      if (request === null) {
        socket.end();
        return;
      }
      waiting = true;
      sentAt = performance.now();
      socket.write(request);
    };
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
    socket.once("connect", send);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!isWhole(text)) return;
      tally.latencies.push(performance.now() - sentAt);
      tally.bytes += text.length;
      count(text.slice(9, 12));
      waiting = false;
      text = "";
      send();
    });
    socket.on("error", () => undefined);
    socket.once("close", () => {
      if (!waiting) return resolve();
      count("lost");
      resolve(work(port, take, tally));
    });
  });
}

async function run({ port, connections, requests, repeat, seconds }: Job): Promise<Outcome> {
  const tally: Tally = { latencies: [], statuses: new Map(), bytes: 0 };
  const started = performance.now();
  let next = 0;
  const take = () => {
    if (performance.now() - started > seconds * 1000) return null;
    if (next === requests.length && repeat) next = 0;
    return requests[next++] ?? null;
  };
  await Promise.all(Array.from({ length: connections }, () => work(port, take, tally)));
  const elapsed = (performance.now() - started) / 1000;
  const sorted = Float64Array.from(tally.latencies).sort();
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
  return {
    ok: tally.statuses.get("200") ?? 0,
    statuses: Object.fromEntries(tally.statuses),
    perSecond: (tally.statuses.get("200") ?? 0) / elapsed,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    bytes: Math.round(tally.bytes / Math.max(1, sorted.length)),
  };
}

process.on("message", (job: Job) => {
  void run(job).then((outcome) => process.send?.(outcome));
});
// run-with-parent.mjs calls unref() on the channel. This process must stay alive for it.
process.channel?.ref();
