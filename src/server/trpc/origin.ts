import { env } from "@/env";
import { apiHeaders } from "../platform/headers";

/**
 * Whether a page of another origin made this request. Browsers say so in a header. Programs send no such
 * header, and have no cookies of ours.
 */
export function isForeign(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (!origin || origin === new URL(env.APP_URL).origin) return false;
  // The app may be opened under another name, for example localhost: the origin is then the request's host.
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}

const allowedOrigin = (headers: Headers): string | null => {
  const origin = headers.get("origin");
  return origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null;
};

/** Whether a write comes from a foreign page whose origin ALLOWED_ORIGINS does not contain. */
export const isForbiddenWrite = ({ method, headers }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && isForeign(headers) && allowedOrigin(headers) === null;

/** Returns headers that let pages of ALLOWED_ORIGINS read the response. They use tokens, never cookies. */
export function corsHeaders({ headers }: Request): Record<string, string> {
  const origin = allowedOrigin(headers);
  return {
    vary: "origin",
    ...(origin && {
      "access-control-allow-origin": origin,
      "access-control-expose-headers": "x-request-id, retry-after, idempotent-replayed",
      "cross-origin-resource-policy": "cross-origin",
    }),
  };
}

/** Returns the response to a CORS preflight request, or null for any other request. */
export function preflight(request: Request): Response | null {
  const isPreflight = request.headers.has("access-control-request-method");
  if (request.method !== "OPTIONS" || !isPreflight) return null;
  return new Response(null, {
    status: 204,
    headers: {
      ...apiHeaders(),
      ...corsHeaders(request),
      ...(allowedOrigin(request.headers) && {
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        "access-control-allow-headers":
          "authorization, content-type, idempotency-key, if-match, x-request-id",
        "access-control-max-age": "600",
      }),
    },
  });
}
