import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "@/env";
import { isDraining } from "../platform/drain";
import { AppError } from "../platform/errors";
import { databaseState, degradedParts, missingParts } from "../platform/health";
import { registry } from "../platform/metrics";
import { limit } from "../platform/rate-limit";
import { headersOf, refusal } from "./answer";
import { addressOf, isFromThisMachine, requestIdOf } from "./context";
import { openApiBytes } from "./openapi";

/** What operators and developers ask of the app, beside its procedures. */

type Handler = (request: Request) => Promise<Response>;

/** A handler of GET that counts against a limit, answers a refusal as the API does, and sets the API's headers. */
const operation =
  (work: Handler): Handler =>
  async (request) => {
    const requestId = requestIdOf(request.headers.get("x-request-id"));
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal("METHOD_NOT_ALLOWED", requestId);
    }
    try {
      await limit("operationsPerAddress", addressOf(request.headers));
      const response = await work(request);
      for (const [name, value] of Object.entries(headersOf({ errors: [] }, requestId))) {
        response.headers.set(name, value);
      }
      return response;
    } catch (error) {
      if (error instanceof AppError) return refusal(error, requestId);
      throw error;
    }
  };

/** /api/openapi.json */
export const handleOpenApi = operation(
  async () =>
    new Response(openApiBytes(), {
      headers: { "content-type": "application/json; charset=utf-8" },
    }),
);

/** /api/health/live: 200 while the process runs. */
export const handleLive = operation(async () => Response.json({ status: "live" }));

async function look() {
  const database = await databaseState();
  return { database, missing: missingParts(database), degraded: await degradedParts() };
}

let looking: ReturnType<typeof look> | undefined;

/** All who ask at the same time share one look. */
function lookOnce() {
  looking ??= look().finally(() => {
    looking = undefined;
  });
  return looking;
}

const notReady = (body: object) =>
  Response.json(body, { status: 503, headers: { "retry-after": "2" } });

/** /api/health/ready: 200 while requests can be served, naming what is done without; else 503 naming what is missing. */
export const handleReady = operation(async () => {
  if (isDraining()) return notReady({ status: "stopping", missing: ["server"] });
  const { database, missing, degraded } = await lookOnce();
  return missing.length === 0
    ? Response.json({ status: "ready", degraded })
    : notReady({ status: "not ready", missing, degraded, database });
});

const hash = (text: string) => createHash("sha256").update(text).digest();

function mayReadMetrics({ headers }: Request): boolean {
  const { METRICS_TOKEN: token } = env;
  if (!token) return isFromThisMachine(headers);
  return timingSafeEqual(hash(headers.get("authorization") ?? ""), hash(`Bearer ${token}`));
}

/** /api/metrics: Prometheus text, for callers on this machine, or with METRICS_TOKEN for whoever has it. */
export const handleMetrics = operation(async (request) => {
  if (!mayReadMetrics(request)) return new Response("unauthorized", { status: 401 });
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType },
  });
});
