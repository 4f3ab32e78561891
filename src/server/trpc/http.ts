import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { receiveWebhook } from "../payments/webhook";
import { readBody } from "../platform/body";
import { AppError } from "../platform/errors";
import { limit } from "../platform/rate-limit";
import { BATCH_LIMIT } from "../platform/schema";
import { headersOf, refusal } from "./answer";
import { addressOf, createContext, requestIdOf } from "./context";
import { corsHeaders, isForbiddenWrite, isForeign, preflight } from "./origin";
import { callRest } from "./rest";
import { appRouter } from "./root";

/** The API's handlers, from a Request to a Response: the Node server and Next's route files share them. */

/** /api/trpc: what the pages call, and pages of ours alone. */
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
    maxBatchSize: BATCH_LIMIT,
    createContext: () => createContext(request.headers, requestId),
    responseMeta: (meta) => ({ headers: headersOf(meta, requestId) }),
  });
}

/** /api/v1: the same procedures as REST. */
export async function handleRest(request: Request): Promise<Response> {
  const asked = preflight(request);
  if (asked) return asked;
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const response = isForbiddenWrite(request)
    ? refusal("FOREIGN_ORIGIN", requestId)
    : await callRest(withoutForeignCookie(request), requestId);
  for (const [name, value] of Object.entries(corsHeaders(request))) {
    response.headers.set(name, value);
  }
  return response;
}

/** The browser adds its cookie by itself; only our own pages may act by it. */
function withoutForeignCookie(request: Request): Request {
  if (!isForeign(request.headers)) return request;
  const headers = new Headers(request.headers);
  headers.delete("cookie");
  return new Request(request, { headers });
}

const WEBHOOK = /^\/api\/webhooks\/payments\/([^/]+)$/;

/** /api/webhooks/payments/{provider}: the body stays raw, since a signature is over bytes. */
export async function handleWebhook(request: Request): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const provider = WEBHOOK.exec(new URL(request.url).pathname)?.[1];
  if (!provider || request.method !== "POST") return refusal("NOT_FOUND", requestId);
  try {
    await limit("webhooksPerAddress", addressOf(request.headers));
  } catch (error) {
    if (error instanceof AppError) return refusal(error, requestId);
    throw error;
  }
  const raw = await readBody(request);
  if (raw === null) return refusal("PAYLOAD_TOO_LARGE", requestId);
  const refused = await receiveWebhook(provider, raw, request.headers, requestId);
  if (refused) return refusal(refused, requestId);
  return Response.json({ received: true }, { headers: headersOf({ errors: [] }, requestId) });
}
