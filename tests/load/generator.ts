import { connect } from "node:net";

/**
 * The load generator, a process of its own: it writes ready-made HTTP/1.1 requests to kept-alive
 * sockets, one at a time each, and times the answers. Its own because a client library costs more
 * than the bare server it has to saturate, which would flatter every ratio.
 */
export type Job = {
  port: number;
  connections: number;
  /** Whole requests as text. */
  requests: string[];
  /** Sends them round and round until the time is up; otherwise each once. */
  repeat: boolean;
  /** The end, whatever is left. */
  seconds: number;
};

export type Outcome = {
  ok: number;
  /** Answers by status; `lost` are those that never came. */
  statuses: Record<string, number>;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  /** Mean size of an answer, head and body. */
  bytes: number;
};

/** Longer than the app takes to give up. */
const PATIENCE_MS = 40_000;

type Tally = { latencies: number[]; statuses: Map<string, number>; bytes: number };

/** Whether the text holds a whole answer; only one is ever under way on a socket. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head + 2))?.[1];
  // The last chunk. JSON holds no bare line break, so the body cannot imitate it.
  if (length === undefined) return text.endsWith("\r\n0\r\n\r\n");
  return text.length >= head + 4 + Number(length);
}

/** Works one connection until `take` has nothing more; a lost socket is counted and replaced. */
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
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
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
// tethered.mjs lets go of the channel; here it is what the process lives for.
process.channel?.ref();
