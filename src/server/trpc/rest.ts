import { getTRPCErrorFromUnknown } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { getErrorShape } from "@trpc/server/unstable-core-do-not-import";
import type { OpenApiMeta } from "trpc-to-openapi";
import { z } from "zod";
import { headersOf, readBody, refusal } from "./answer";
import { createContext } from "./context";
import { createCallerFactory } from "./procedures";
import { fromQuery } from "./query-input";
import { appRouter } from "./root";

/**
 * Serves the procedures as REST, by the method and path in their `meta`. `trpc-to-openapi` makes the
 * document from the same `meta`, but does not serve: its handler (3.3.0) changes the procedures' own
 * schemas at its first call, so that tRPC then takes null for 0 and "5" for 5.
 */

type Procedure = {
  _def: { type: "query" | "mutation"; meta?: OpenApiMeta; inputs: z.core.$ZodType[] };
};
type Route = {
  path: string;
  type: Procedure["_def"]["type"];
  address: RegExp;
  input: z.core.$ZodType | undefined;
};

const PREFIX = "/api/v1";
const createCaller = createCallerFactory(appRouter);

/** The routes of each method. One without a parameter comes before one that fits as well. */
function findRoutes(): Map<string, Route[]> {
  const routes = new Map<string, Route[]>();
  const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;
  for (const [path, { _def }] of Object.entries(procedures)) {
    const served = _def.meta?.openapi;
    if (!served) continue;
    const pattern = served.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
    const address = new RegExp(`^${pattern}/?$`, "i");
    const route = { path, type: _def.type, address, input: _def.inputs[0] };
    const others = routes.get(served.method) ?? [];
    routes.set(served.method, served.path.includes("{") ? [...others, route] : [route, ...others]);
  }
  return routes;
}

let routes: Map<string, Route[]> | undefined;

function findRoute(method: string, pathname: string) {
  routes ??= findRoutes();
  for (const route of routes.get(method) ?? []) {
    const match = route.address.exec(pathname.slice(PREFIX.length));
    if (match) return { ...route, parameters: match.groups ?? {} };
  }
  return null;
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

/** The parameters of a path; null where one is no well-formed escape sequence. */
function decoded(parameters: Record<string, string>): Record<string, string> | null {
  try {
    return Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
  } catch {
    return null;
  }
}

type Call = (input: unknown) => Promise<unknown>;

/** The procedure of a dotted name on a caller. */
const procedureOn = (caller: object, path: string): Call =>
  path.split(".").reduce<unknown>((at, name) => Reflect.get(Object(at), name), caller) as Call;

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
  return answer(route, { ...given, ...parameters }, createContext(request.headers, requestId));
}

async function answer(
  { path, type }: Route,
  input: object,
  ctx: ReturnType<typeof createContext>,
): Promise<Response> {
  try {
    const value = await procedureOn(createCaller(ctx), path)(input);
    return Response.json(value, { headers: headersOf({ ctx, errors: [] }, ctx.requestId) });
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const { _config: config } = appRouter._def;
    const { message, data } = getErrorShape({ config, error, type, path, input, ctx });
    const issues = error.cause instanceof z.ZodError ? error.cause.issues : undefined;
    return Response.json(
      { message, code: error.code, data, issues },
      {
        status: getHTTPStatusCodeFromError(error),
        headers: headersOf({ ctx, errors: [error] }, ctx.requestId),
      },
    );
  }
}
