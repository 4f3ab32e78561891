import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import next from "next";
import { env, loadEnv } from "@/env";
import { functions, handleJobs } from "./functions";
import { warnOfUnreadMail } from "./notifications/channels";
import { checkDatabase, closeDb } from "./platform/db";
import { startJobs } from "./platform/inngest";
import { logger } from "./platform/logger";
import { closeStore, storeAnswers } from "./platform/rate-limit-store";
import { sweeps } from "./sweeps";
import { BODY_LIMIT, refusal } from "./trpc/answer";
import { requestIdOf } from "./trpc/context";
import { handleRest, handleTrpc, handleWebhook } from "./trpc/http";

const DRAIN_MS = 10_000;
/** A whole request, headers and body, has to arrive within this: who sends slowly holds nothing. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than any call should take; who waits longer has mostly gone, or asks again by itself. */
const ANSWER_LIMIT_MS = 30_000;
/** A job's step may take as long as it may on the embedded engine. */
const STEP_LIMIT_MS = 5 * 60_000;
/** Others (TRACE) cannot even be put into a Request. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The doors that are answered here, without Next: a request through it costs four times as much. */
function doorOf(url: string): ((request: Request) => Promise<Response>) | null {
  if (url.startsWith("/api/trpc/")) return handleTrpc;
  if (url.startsWith("/api/v1/")) return handleRest;
  if (url.startsWith("/api/webhooks/")) return handleWebhook;
  if (/^\/api\/inngest(\?|$)/.test(url)) return handleJobs;
  return null;
}

/**
 * The socket's address, or behind `TRUST_PROXY` proxies what the outermost of them saw: each adds
 * at the right of X-Forwarded-For whom it was called by. What stands further left anybody may write.
 */
function clientAddressOf({ headers, socket }: IncomingMessage): string {
  const seen = String(headers["x-forwarded-for"] ?? "").split(",");
  const entry = env.TRUST_PROXY > 0 ? (seen.at(-env.TRUST_PROXY)?.trim() ?? "") : "";
  // Some proxies write the port as well, with which every connection would be an address of its own.
  const [, bracketed, plain] = /^\[(.+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry) ?? [];
  const forwarded = bracketed ?? plain ?? entry;
  return isIP(forwarded) ? forwarded : (socket.remoteAddress ?? "unknown");
}

/** Reads a body under the limit; null where it is larger, which is noticed as early as can be. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  if (Number(incoming.headers["content-length"] ?? 0) > BODY_LIMIT) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  // To destroy the stream would be to destroy the connection that the refusal goes out on.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > BODY_LIMIT) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Whether a page's request brings more than it may; one that does not say how much is refused as well. */
function isTooLarge({ headers }: IncomingMessage): boolean {
  return "transfer-encoding" in headers || Number(headers["content-length"] ?? 0) > BODY_LIMIT;
}

async function toRequest(incoming: IncomingMessage): Promise<Request | null> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? await readBody(incoming) : undefined;
  if (body === null) return null;
  return new Request(`http://localhost${incoming.url}`, {
    method,
    headers,
    body: body && new Uint8Array(body),
  });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, { ...headers, "content-length": body.length }).end(body);
}

/**
 * No call is left hanging, whatever holds it up: it is asked to come again. What it was about may
 * still happen, which the same idempotency key then finds out.
 */
async function inTime(answered: Promise<Response>, limitMs: number, requestId: string) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Response>((resolve) => {
    timer = setTimeout(() => {
      logger.warn({ requestId }, "the answer took too long");
      resolve(refusal("TRY_AGAIN", requestId));
    }, limitMs);
  });
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

async function answer(
  door: (request: Request) => Promise<Response>,
  limitMs: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const requestId = String(incoming.headers["x-request-id"]);
  if (!METHODS.has(incoming.method ?? "")) return send(refusal("NOT_FOUND", requestId), outgoing);
  const request = await toRequest(incoming);
  if (request) return send(await inTime(door(request), limitMs, requestId), outgoing);
  // The rest is thrown away unread: a connection cut at once would often take the answer with it.
  incoming.resume();
  await send(refusal("PAYLOAD_TOO_LARGE", requestId), outgoing);
}

/** A server that listens. `close` stops accepting, finishes what runs, then closes the pool. */
export type RunningServer = { url: string; close: () => Promise<void> };

/**
 * Starts the app: the API's doors (tRPC, REST, webhooks) straight here, everything else through Next.
 * @param options.dev hot reload. @param options.pages false leaves Next out (integration tests).
 * @param options.jobs false leaves the jobs to another process.
 * @param options.requestTimeout how long a request may take to arrive, in milliseconds.
 * @param options.answerLimit how long the API may take to answer it.
 */
export async function startServer(
  options: {
    dev?: boolean;
    pages?: boolean;
    jobs?: boolean;
    requestTimeout?: number;
    answerLimit?: number;
  } = {},
): Promise<RunningServer> {
  loadEnv();
  warnOfUnreadMail();
  await checkDatabase();
  const { dev = false, pages = true, jobs: withJobs = true } = options;
  const { requestTimeout = REQUEST_TIMEOUT_MS, answerLimit = ANSWER_LIMIT_MS } = options;
  const server = createServer({
    requestTimeout,
    headersTimeout: requestTimeout / 2,
    connectionsCheckingInterval: requestTimeout / 6,
  });
  const app = pages ? next({ dev, hostname: env.HOST, port: env.PORT, httpServer: server }) : null;
  await app?.prepare();
  const handlePage = app?.getRequestHandler();

  const page = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    if (isTooLarge(incoming)) {
      incoming.resume();
      return send(refusal("PAYLOAD_TOO_LARGE", String(incoming.headers["x-request-id"])), outgoing);
    }
    if (handlePage) return handlePage(incoming, outgoing);
    outgoing.writeHead(404).end();
  };

  server.on("request", (incoming, outgoing) => {
    // A header of this name from outside is dropped.
    incoming.headers["x-client-address"] = clientAddressOf(incoming);
    // What Next's links fetch ahead of a click is no use of a session.
    if (incoming.headers["next-router-prefetch"]) incoming.headers["x-background"] = "1";
    const requestId = requestIdOf(incoming.headers["x-request-id"]);
    incoming.headers["x-request-id"] = requestId;
    outgoing.setHeader("x-request-id", requestId);
    const door = doorOf(incoming.url ?? "/");
    const answered = door
      ? answer(door, door === handleJobs ? STEP_LIMIT_MS : answerLimit, incoming, outgoing)
      : page(incoming, outgoing);
    answered.catch((error) => {
      // Who hangs up or is too slow to send is cut off; that is no fault of ours.
      if (incoming.destroyed && !incoming.complete) return;
      logger.error({ err: error }, "request failed");
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
    });
  });

  // Connects, so that the first requests are counted together with the other processes' already.
  await storeAnswers();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
  const jobs = withJobs ? startJobs(functions, { sweeps }) : null;
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : env.PORT;

  let closing: Promise<void> | undefined;
  const close = async () => {
    const drained = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await drained;
    clearTimeout(late);
    await jobs?.stop();
    await app?.close();
    await closeStore();
    await closeDb();
  };
  return {
    url: `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${port}`,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
