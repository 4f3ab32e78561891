import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import next from "next";
import { env, loadEnv } from "@/env";
import { functions, handleJobs } from "./functions";
import { startJobs } from "./job-engine";
import { warnOfUnreadMail } from "./notifications/channels";
import { checkDatabase, closeDb } from "./platform/db";
import { drain, watchAnswer } from "./platform/drain";
import { logger } from "./platform/logger";
import { closeStore, storeAnswers } from "./platform/rate-limit-store";
import { inTurn } from "./platform/turns";
import { sweeps } from "./sweeps";
import { refusal } from "./trpc/answer";
import { handleRest, handleTrpc, handleWebhook } from "./trpc/http";
import { type Exchange, faultOf, prepare, refuse, send, toRequest } from "./trpc/node";
import { handleLive, handleMetrics, handleOpenApi, handleReady } from "./trpc/operations";
import { answerPage } from "./trpc/pages";

/** A whole request, headers and body, has to arrive within this: who sends slowly holds nothing. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than any call should take; who waits longer has mostly gone, or asks again by itself. */
const ANSWER_LIMIT_MS = 30_000;
/** A job's step may take as long as it may on the embedded engine. */
const STEP_LIMIT_MS = 5 * 60_000;
/**
 * How long a connection waits for its next request: longer than proxies keep theirs (nginx 60 s), or
 * one would send a write on a connection that closes at that moment.
 */
const KEEP_ALIVE_MS = 75_000;

type Handler = (request: Request) => Promise<Response>;

/** What is answered here, without Next: a request through it costs four times as much. */
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
 * Waits for a handler's response, but no longer than `limitMs` after the request's body has arrived.
 * Then it asks the caller to try again. The work may still finish: a repeated request with the same
 * idempotency key returns its result.
 */
async function inTime(
  response: Promise<Response>,
  limitMs: number,
  { incoming, requestId }: Exchange,
): Promise<Response> {
  const responded = new AbortController();
  const { signal } = responded;
  const tooLate = async () => {
    await once(incoming, "end", { signal });
    await sleep(limitMs, undefined, { signal });
    logger.warn({ requestId }, "the response took too long");
    return refusal("TRY_AGAIN", requestId);
  };
  return Promise.race([response, tooLate()]).finally(() => responded.abort());
}

/**
 * A server that listens. `close` serves for the grace time and says that it stops, then accepts nobody
 * new, finishes what runs and closes the pool.
 */
export type RunningServer = { url: string; close: (graceSeconds?: number) => Promise<void> };

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
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  // Next answers upgrades for reloading alone. It would cut off every caller that offers one in
  // production (Java's client offers h2c), so there it listens to a server that nobody calls.
  const httpServer = dev ? server : createServer();
  const app = pages ? next({ dev, hostname: env.HOST, port: env.PORT, httpServer }) : null;
  await app?.prepare();
  const handlePage = app?.getRequestHandler();

  const handle = async (exchange: Exchange): Promise<void> => {
    const fault = faultOf(exchange.incoming);
    if (fault) return refuse(exchange, fault);
    const handler = handlerOf(exchange.incoming.url ?? "/");
    if (!handler) return answerPage(handlePage, exchange);
    const limitMs = handler === handleJobs ? STEP_LIMIT_MS : answerLimit;
    const response = handler(toRequest(exchange.incoming));
    return send(await inTime(response, limitMs, exchange), exchange);
  };

  server.on("request", (incoming, outgoing) => {
    const requestId = prepare(incoming);
    outgoing.setHeader("x-request-id", requestId);
    watchAnswer(outgoing);
    inTurn(incoming.socket, outgoing, () => {
      handle({ incoming, outgoing, requestId }).catch((error) => {
        // Who hangs up or is too slow to send is cut off; that is no fault of ours.
        if (incoming.destroyed && !incoming.complete) return;
        logger.error({ err: error }, "request failed");
        if (!outgoing.headersSent) outgoing.writeHead(500);
        outgoing.end();
      });
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
  const close = async (graceSeconds: number) => {
    // Another process takes up what these leave.
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
