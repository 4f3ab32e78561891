import { randomUUID } from "node:crypto";
import { appRouter } from "@/server/trpc/root";
import { type Answer, Api } from "./http";
import { routeHandlers } from "./routes";

// Calls any procedure by its name, over tRPC or REST.

type Procedure = {
  _def: { type: string; meta?: { openapi?: { method: string; path: string } } };
};
const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>;

/** The dotted names of all procedures. */
export const PROCEDURES = Object.keys(procedures).sort();

export const TRANSPORTS = ["tRPC", "REST"] as const;
export type Transport = (typeof TRANSPORTS)[number];

const api = new Api(routeHandlers);

/** The text of a value in a URL. */
const inAddress = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");

/** `encodeURIComponent` without lone surrogates, which no client can send. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

function viaTrpc(path: string, headers: Record<string, string>, json: string): Promise<Answer> {
  return procedures[path]?._def.type === "mutation"
    ? api.send(`/api/trpc/${path}`, { method: "POST", headers, body: json })
    : api.send(`/api/trpc/${path}?input=${encoded(json)}`, { headers });
}

/** Calls a procedure. @returns null if it has no REST endpoint. */
export async function callOver(
  transport: Transport,
  path: string,
  input: unknown,
  token: string | null,
  toJson: (value: unknown) => string = (value) => JSON.stringify(value) ?? "",
): Promise<Answer | null> {
  const headers = {
    "idempotency-key": randomUUID(),
    "content-type": "application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
  if (transport === "tRPC") return viaTrpc(path, headers, toJson(input));
  const served = procedures[path]?._def.meta?.openapi;
  if (!served) return null;
  const { method } = served;
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  const rest: Record<string, unknown> = isObject ? { ...input } : {};
  const address = served.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = encoded(inAddress(rest[name]));
    delete rest[name];
    return value || "-";
  });
  if (method !== "GET" && method !== "DELETE") {
    const body = toJson(isObject ? rest : input);
    return api.send(`/api/v1${address}`, { method, headers, body });
  }
  const query = Object.entries(rest).map(([name, value]) => [
    encoded(name),
    encoded(inAddress(value)),
  ]);
  const search = query.map((pair) => pair.join("=")).join("&");
  return api.send(`/api/v1${address}?${search}`, { method, headers });
}

/** Reads the reason of a refusal from a tRPC or a REST answer. */
export function reasonOf({ body }: Answer): string | null {
  const error = (body as { error?: unknown } | null)?.error ?? body;
  return (error as { data?: { reason?: string } } | null)?.data?.reason ?? null;
}
