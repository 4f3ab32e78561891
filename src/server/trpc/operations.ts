import { createHash, timingSafeEqual } from "node:crypto";
import { env } from "@/env";
import { isDraining } from "../platform/drain";
import { AppError } from "../platform/errors";
import { databaseState, degradedParts, missingParts } from "../platform/health";
import { registry } from "../platform/metrics";
import { enforceRateLimit } from "../platform/rate-limit";
import { addressOf, isFromThisMachine, requestIdOf } from "./context";
import { openApiBytes } from "./openapi";
import { refusal, responseHeaders } from "./response";

type Handler = (request: Request) => Promise<Response>;

/** Wraps a GET handler for operators: enforces the rate limit, and sets the API's headers. */
const operation =
  (work: Handler): Handler =>
  async (request) => {
    const requestId = requestIdOf(request.headers.get("x-request-id"));
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal("METHOD_NOT_ALLOWED", requestId);
    }
    try {
      await enforceRateLimit("operationsPerAddress", addressOf(request.headers));
      const response = await work(request);
      for (const [name, value] of Object.entries(responseHeaders({ errors: [] }, requestId))) {
        response.headers.set(name, value);
      }
      return response;
    } catch (error) {
      if (error instanceof AppError) return refusal(error, requestId);
      throw error;
    }
  };

/** Handles /api/openapi.json. */
export const handleOpenApi = operation(
  async () =>
    new Response(openApiBytes(), {
      headers: { "content-type": "application/json; charset=utf-8" },
    }),
);

/** Handles /api/health/live: 200 while the process runs. */
export const handleLive = operation(async () => Response.json({ status: "live" }));

async function readHealth() {
  const database = await databaseState();
  return { database, missing: missingParts(database), degraded: await degradedParts() };
}

let reading: ReturnType<typeof readHealth> | undefined;

/** Reads the health once for simultaneous requests. */
function readHealthOnce() {
  reading ??= readHealth().finally(() => {
    reading = undefined;
  });
  return reading;
}

const notReady = (body: object) =>
  Response.json(body, { status: 503, headers: { "retry-after": "2" } });

/** Handles /api/health/ready: 200 with the degraded parts, or 503 with the missing parts. */
export const handleReady = operation(async () => {
  if (isDraining()) return notReady({ status: "stopping", missing: ["server"] });
  const { database, missing, degraded } = await readHealthOnce();
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

/** Handles /api/metrics in Prometheus' format, for callers with METRICS_TOKEN; without it, on this machine only. */
export const handleMetrics = operation(async (request) => {
  if (!mayReadMetrics(request)) return new Response("unauthorized", { status: 401 });
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType },
  });
});
