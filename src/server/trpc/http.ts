import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { receiveWebhook } from "../payments/webhook";
import { readBody } from "../platform/body";
import { AppError } from "../platform/errors";
import { enforceRateLimit } from "../platform/rate-limit";
import { MAX_BATCH_SIZE } from "../platform/schema";
import { addressOf, createContext, requestIdOf } from "./context";
import { corsHeaders, isForbiddenWrite, isForeign, preflight } from "./origin";
import { refusal, responseHeaders } from "./response";
import { callRest } from "./rest";
import { appRouter } from "./root";

/** Handles /api/trpc, which only our own pages may call. */
export async function handleTrpc(request: Request): Promise<Response> {
  const { method, headers } = request;
  const requestId = requestIdOf(headers.get("x-request-id"));
  if (isForeign(headers)) return refusal("FOREIGN_ORIGIN", requestId);
  const body = method === "POST" ? await readBody(request) : undefined;
  if (body === null) return refusal("PAYLOAD_TOO_LARGE", requestId);
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: body ? new Request(request.url, { method, headers, body }) : request,
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: () => createContext(request.headers, requestId),
    responseMeta: (meta) => ({ headers: responseHeaders(meta, requestId) }),
  });
}

/** Handles /api/v1: the same procedures as REST. */
export async function handleRest(request: Request): Promise<Response> {
  const preflightResponse = preflight(request);
  if (preflightResponse) return preflightResponse;
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const response = isForbiddenWrite(request)
    ? refusal("FOREIGN_ORIGIN", requestId)
    : await callRest(withoutForeignCookie(request), requestId);
  for (const [name, value] of Object.entries(corsHeaders(request))) {
    response.headers.set(name, value);
  }
  return response;
}

/** Removes the cookie of a foreign page's request. Browsers add it, but only our own pages may use it. */
function withoutForeignCookie(request: Request): Request {
  if (!isForeign(request.headers)) return request;
  const headers = new Headers(request.headers);
  headers.delete("cookie");
  return new Request(request, { headers });
}

const WEBHOOK = /^\/api\/webhooks\/payments\/([^/]+)$/;

/** Handles /api/webhooks/payments/{provider}. The body is not parsed: the signature is over its bytes. */
export async function handleWebhook(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const provider = WEBHOOK.exec(new URL(request.url).pathname)?.[1];
  if (!provider || request.method !== "POST") return refusal("NOT_FOUND", requestId);
  try {
    await enforceRateLimit("webhooksPerAddress", addressOf(request.headers));
  } catch (error) {
    if (error instanceof AppError) return refusal(error, requestId);
    throw error;
  }
  const raw = await readBody(request);
  if (raw === null) return refusal("PAYLOAD_TOO_LARGE", requestId);
  const refused = await receiveWebhook(provider, raw, request.headers, requestId);
  if (refused) return refusal(refused, requestId);
  return Response.json({ received: true }, { headers: responseHeaders({ errors: [] }, requestId) });
}
