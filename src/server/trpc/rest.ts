import {
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
} from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { readBody } from "../platform/body";
import { createContext } from "./context";
import { fromQuery } from "./query-input";
import { refusal, responseHeaders } from "./response";
import { appRouter } from "./root";

/**
 * Serves the procedures as REST, by the method and path in their `meta`. `trpc-to-openapi` generates
 * the OpenAPI document from the same `meta`, but its HTTP handler (3.3.0) is not used: at its first
 * call it changes the procedures' own schemas, so that tRPC then takes null for 0 and "5" for 5.
 */

type Route = {
  procedure: string;
  type: "query" | "mutation";
  pattern: RegExp;
  input: z.ZodType | undefined;
};

const PREFIX = "/api/v1";
const router: AnyTRPCRouter = appRouter;

/** What a procedure must declare to be served. A procedure without `meta.openapi` is skipped. */
const served = z.object({
  type: z.enum(["query", "mutation"]),
  meta: z.object({ openapi: z.object({ method: z.string(), path: z.string() }) }),
  inputs: z.array(z.instanceof(z.ZodType)),
});

/** Lists the routes of each method. A route without a parameter comes before those with one. */
function findRoutes(): Map<string, Route[]> {
  const routes = new Map<string, Route[]>();
  const procedures: Record<string, AnyTRPCProcedure> = router._def.procedures;
  for (const [procedure, { _def }] of Object.entries(procedures)) {
    const { data } = served.safeParse(_def);
    if (!data) continue;
    const { method, path } = data.meta.openapi;
    const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`, "i");
    const route = { procedure, type: data.type, pattern, input: data.inputs[0] };
    const others = routes.get(method) ?? [];
    routes.set(method, path.includes("{") ? [...others, route] : [route, ...others]);
  }
  return routes;
}

let routes: Map<string, Route[]> | undefined;

function findRoute(method: string, pathname: string) {
  routes ??= findRoutes();
  for (const route of routes.get(method) ?? []) {
    const match = route.pattern.exec(pathname.slice(PREFIX.length));
    if (match) return { ...route, parameters: match.groups ?? {} };
  }
  return null;
}

/** Parses a JSON object. An empty text counts as {}. @returns undefined for anything else. */
function parseObject(text: string): object | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === "object" && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Decodes the parameters of a path. @returns null if an escape sequence is not valid. */
function decoded(parameters: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return null;
  }
}

/** Calls the procedure that a request's method and path name. */
export async function callRest(request: Request, requestId: string): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const route = findRoute(request.method, pathname);
  if (!route) return refusal("NOT_FOUND", requestId);
  const parameters = decoded(route.parameters);
  if (!parameters) return refusal("INVALID_INPUT", requestId);
  let given: object | undefined;
  if (["GET", "DELETE"].includes(request.method)) {
    given = fromQuery(searchParams, route.input);
  } else {
    const raw = await readBody(request);
    if (raw === null) return refusal("PAYLOAD_TOO_LARGE", requestId);
    given = parseObject(new TextDecoder().decode(raw));
  }
  if (!given) return refusal("INVALID_INPUT", requestId);
  const ctx = createContext(request.headers, requestId);
  return callProcedure(route, { ...given, ...parameters }, ctx, request.signal);
}

async function callProcedure(
  { procedure: path, type }: Route,
  input: object,
  ctx: ReturnType<typeof createContext>,
  signal: AbortSignal,
): Promise<Response> {
  const call = { router, path, type, ctx, signal, batchIndex: 0, getRawInput: async () => input };
  try {
    const value = await callTRPCProcedure(call);
    return Response.json(value, { headers: responseHeaders({ ctx, errors: [] }, ctx.requestId) });
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const { _config: config } = appRouter._def;
    const { message, data } = getTRPCErrorShape({ config, error, type, path, input, ctx });
    const issues = error.cause instanceof z.ZodError ? error.cause.issues : undefined;
    return Response.json(
      { message, code: error.code, data, issues },
      {
        status: getHTTPStatusCodeFromError(error),
        headers: responseHeaders({ ctx, errors: [error] }, ctx.requestId),
      },
    );
  }
}
