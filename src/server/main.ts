import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import next from "next";
import { env, loadEnv } from "@/env";
import { functions, handleJobs } from "./functions";
import { startJobs } from "./job-engine";
import { warnOfUnreadMail } from "./notifications/channels";
import { queuePerConnection } from "./platform/connection-queue";
import { checkDatabase, closeDb } from "./platform/db";
import { drain, trackResponse } from "./platform/drain";
import { logger } from "./platform/logger";
import { closeStore, isStoreWritable } from "./platform/rate-limit-store";
import { sweeps } from "./sweeps";
import { handleRest, handleTrpc, handleWebhook } from "./trpc/http";
import { type Exchange, prepare, refuse, requestFault, send, toRequest } from "./trpc/node";
import { handleLive, handleMetrics, handleOpenApi, handleReady } from "./trpc/operations";
import { handlePageRequest } from "./trpc/pages";
import { refusal } from "./trpc/response";

/** How long a whole request may take to arrive, so that slow senders hold no resources. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a handler may take. After this time, most callers have given up or retried. */
const RESPONSE_TIMEOUT_MS = 30_000;
/** How long a step of a job may take: as long as on the embedded engine. */
const STEP_TIMEOUT_MS = 5 * 60_000;
/**
 * How long an idle connection stays open. Longer than at proxies (nginx: 60 s): otherwise a proxy could
 * send a write on a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 75_000;

type Handler = (request: Request) => Promise<Response>;

/** These endpoints do not use Next. A request through Next costs four times as much. */
const HANDLERS: Array<[RegExp, Handler]> = [
  [/^\/api\/trpc\//, handleTrpc],
  [/^\/api\/v1\//, handleRest],
  [/^\/api\/webhooks\//, handleWebhook],
  [/^\/api\/inngest(\?|$)/, handleJobs],
  [/^\/api\/openapi\.json(\?|$)/, handleOpenApi],
  [/^\/api\/health\/live(\?|$)/, handleLive],
  [/^\/api\/health\/ready(\?|$)/, handleReady],
  [/^\/api\/metrics(\?|$)/, handleMetrics],
];

const handlerOf = (url: string): Handler | null =>
  HANDLERS.find(([address]) => address.test(url))?.[1] ?? null;

/**
 * Waits for a handler's response, but no longer than `timeoutMs` after the request's body has arrived.
 * Then it asks the caller to try again. The work may still finish: a repeated request with the same
 * idempotency key returns its result.
 */
async function withTimeout(
  response: Promise<Response>,
  timeoutMs: number,
  { incoming, requestId }: Exchange,
): Promise<Response> {
  const responded = new AbortController();
  const { signal } = responded;
  const tooLate = async () => {
    await once(incoming, "end", { signal });
    await sleep(timeoutMs, undefined, { signal });
    logger.warn({ requestId }, "the response took too long");
    return refusal("TRY_AGAIN", requestId);
  };
  return Promise.race([response, tooLate()]).finally(() => responded.abort());
}

/**
 * A running server. `close` first serves for the grace time and reports that it is not ready. Then it
 * accepts no new connection, finishes the running requests and closes the database pool.
 */
export type RunningServer = { url: string; close: (graceSeconds?: number) => Promise<void> };

/**
 * Starts the app. The API's endpoints (tRPC, REST, webhooks) are served here, and everything else is served by Next.
 * @param options.dev enables hot reload.
 * @param options.pages false starts without Next, for integration tests.
 * @param options.jobs false starts no jobs.
 * @param options.requestTimeout how long a request may take to arrive, in milliseconds.
 * @param options.responseTimeout how long a handler may take, in milliseconds.
 */
export async function startServer(
  options: {
    dev?: boolean;
    pages?: boolean;
    jobs?: boolean;
    requestTimeout?: number;
    responseTimeout?: number;
  } = {},
): Promise<RunningServer> {
  loadEnv();
  warnOfUnreadMail();
  await checkDatabase();
  const { dev = false, pages = true, jobs: withJobs = true } = options;
  const { requestTimeout = REQUEST_TIMEOUT_MS, responseTimeout = RESPONSE_TIMEOUT_MS } = options;
  const server = createServer({
    requestTimeout,
    headersTimeout: requestTimeout / 2,
    connectionsCheckingInterval: requestTimeout / 6,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  // Next handles upgrades, for hot reload. In production it would close the connection of every caller
  // that offers an upgrade (Java's client offers h2c), so Next then gets a server that does not listen.
  const httpServer = dev ? server : createServer();
  const app = pages ? next({ dev, hostname: env.HOST, port: env.PORT, httpServer }) : null;
  await app?.prepare();
  const handlePage = app?.getRequestHandler();

  const handle = async (exchange: Exchange): Promise<void> => {
    const fault = requestFault(exchange.incoming);
    if (fault) return refuse(exchange, fault);
    const handler = handlerOf(exchange.incoming.url ?? "/");
    if (!handler) return handlePageRequest(handlePage, exchange);
    const timeoutMs = handler === handleJobs ? STEP_TIMEOUT_MS : responseTimeout;
    const response = handler(toRequest(exchange.incoming));
    return send(await withTimeout(response, timeoutMs, exchange), exchange);
  };

  server.on("request", (incoming, outgoing) => {
    const requestId = prepare(incoming);
    outgoing.setHeader("x-request-id", requestId);
    trackResponse(outgoing);
    queuePerConnection(incoming.socket, outgoing, () => {
      handle({ incoming, outgoing, requestId }).catch((error) => {
        // The caller has closed the connection, or was too slow to send.
        if (incoming.destroyed && !incoming.complete) return;
        logger.error({ err: error }, "request failed");
        if (!outgoing.headersSent) outgoing.writeHead(500);
        outgoing.end();
      });
    });
  });

  // Connect to the shared store before the first requests, so that they are counted there.
  await isStoreWritable();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(env.PORT, env.HOST, resolve);
  });
  const jobs = withJobs ? startJobs(functions, { sweeps }) : null;
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : env.PORT;

  let closing: Promise<void> | undefined;
  const close = async (graceSeconds: number) => {
    // Another process continues the unfinished job runs.
    const jobsStopped = jobs?.stop();
    await drain(server, graceSeconds * 1000);
    await jobsStopped;
    await app?.close();
    await closeStore();
    await closeDb();
  };
  return {
    url: `http://${env.HOST.includes(":") ? `[${env.HOST}]` : env.HOST}:${port}`,
    close: (graceSeconds = 0) => {
      closing ??= close(graceSeconds);
      return closing;
    },
  };
}
