import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { createOpenApiNodeHttpHandler } from "trpc-to-openapi";
import { receiveWebhook } from "../payments/webhook";
import { AppError, type Reason } from "../platform/errors";
import { apiHeaders } from "../platform/headers";
import { limit } from "../platform/rate-limit";
import { addressOf, type Context, createContext, requestIdOf } from "./context";
import { corsHeaders, isForbiddenWrite, isForeign, preflight } from "./origin";
import { appRouter } from "./root";

/** The API's doors as fetch handlers, so that the Node server and Next's route files share them. */

export const BODY_LIMIT = 1024 * 1024;

type Meta = { ctx?: Context; errors: TRPCError[] };

function headersOf({ ctx, errors }: Meta, requestId: string): Record<string, string> {
  const refusal = errors[0]?.cause instanceof AppError ? errors[0].cause : null;
  const headers: Record<string, string> = {
    ...apiHeaders(),
    "x-request-id": requestId,
  };
  if (ctx?.answer.replayed) headers["idempotent-replayed"] = "true";
  const wait = refusal?.data.retryAfterSeconds;
  if (wait) headers["retry-after"] = String(wait);
  return headers;
}

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
    createContext: () => createContext(request.headers, requestId),
    responseMeta: (meta) => ({ headers: headersOf(meta, requestId) }),
  });
}

/** What is refused before any procedure is reached, in the contract's shape. */
export function refusal(why: Reason | AppError, requestId: string): Response {
  const cause = why instanceof AppError ? why : asError(why);
  const { code, reason, data } = cause;
  const error = new TRPCError({ code, cause });
  const body = { message: reason, code, data: { reason, requestId, ...data } };
  const headers = headersOf({ errors: [error] }, requestId);
  return Response.json(body, { status: getHTTPStatusCodeFromError(error), headers });
}

const asError = (reason: Reason) =>
  new AppError(reason, reason === "TRY_AGAIN" ? { retryAfterSeconds: 1 } : {});

/** The library reads a request through these; the body is ours, since it was read under a limit. */
type RestRequest = Request & { body: never };
type RestResponse = {
  statusCode: number;
  setHeader: (name: string, value: string) => void;
  end: (body?: string) => void;
};
type RestHandler = (req: RestRequest, res: RestResponse, next: () => void) => Promise<void>;

let rest: RestHandler | undefined;

// Made once: the library looks every procedure's path up when it is made.
function restHandler(): RestHandler {
  rest ??= createOpenApiNodeHttpHandler({
    router: appRouter,
    createContext: ({ req }: { req: unknown }) => createContext((req as Request).headers),
    responseMeta: ({ ctx, errors }: Meta) => ({
      headers: headersOf({ ctx, errors }, ctx?.requestId ?? ""),
      status: errors[0] && getHTTPStatusCodeFromError(errors[0]),
    }),
  } as unknown as Parameters<typeof createOpenApiNodeHttpHandler>[0]) as unknown as RestHandler;
  return rest;
}

/** Reads a body of at most 1 MiB. @returns null where it is larger. */
async function readBody(request: Request): Promise<Buffer<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > BODY_LIMIT) return null;
  const bytes = await request.arrayBuffer();
  return bytes.byteLength > BODY_LIMIT ? null : Buffer.from(bytes);
}

/** A JSON object, where nothing at all counts as an empty one; undefined for anything else. */
function parseObject(text: string): object | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** /api/v1: the same procedures as REST, by the paths in their `meta`. */
export async function handleRest(request: Request): Promise<Response> {
  const asked = preflight(request);
  if (asked) return asked;
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const response = isForbiddenWrite(request)
    ? refusal("FOREIGN_ORIGIN", requestId)
    : await callRest(request, requestId);
  for (const [name, value] of Object.entries(corsHeaders(request))) {
    response.headers.set(name, value);
  }
  return response;
}

async function callRest(request: Request, requestId: string): Promise<Response> {
  const url = new URL(request.url);
  // The library collects the query in a plain object, where these names stand already.
  if ([...url.searchParams.keys()].some((name) => name in {})) {
    return refusal("INVALID_INPUT", requestId);
  }
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  // The browser adds its cookie by itself; only our own pages may act by it.
  if (isForeign(headers)) headers.delete("cookie");
  let body: object | undefined = {};
  if (!["GET", "HEAD", "DELETE"].includes(request.method)) {
    const raw = await readBody(request);
    if (raw === null) return refusal("PAYLOAD_TOO_LARGE", requestId);
    body = parseObject(new TextDecoder().decode(raw));
    if (!body) return refusal("INVALID_INPUT", requestId);
    headers.set("content-type", "application/json");
  }
  const path = `${url.origin}${url.pathname.slice("/api/v1".length)}${url.search}`;
  const read = new Request(path, { method: request.method, headers });
  Object.defineProperty(read, "body", { value: body });
  return new Promise((resolve, reject) => {
    const out = new Headers();
    const response: RestResponse = {
      statusCode: 200,
      setHeader: (name, value) => out.set(name, value),
      end: (text) => resolve(new Response(text, { status: response.statusCode, headers: out })),
    };
    restHandler()(read as RestRequest, response, () =>
      resolve(refusal("NOT_FOUND", requestId)),
    ).catch(reject);
  });
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
