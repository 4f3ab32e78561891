import { env } from "@/env";
import { apiHeaders } from "../platform/headers";

/** Who may call from a browser, and as whom. Programs send neither header, and carry no cookies of ours. */

/** Whether a browser says that a page of another origin makes this request. */
export function isForeign(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (!origin || origin === new URL(env.APP_URL).origin) return false;
  // The app may be opened by another name (localhost): a page of the very host that is asked is ours.
  return !URL.canParse(origin) || new URL(origin).host !== headers.get("host");
}

const allowedOrigin = (headers: Headers): string | null => {
  const origin = headers.get("origin");
  return origin && env.ALLOWED_ORIGINS.includes(origin) ? origin : null;
};

/** Whether a write comes from a page that ALLOWED_ORIGINS does not name. */
export const isForbiddenWrite = ({ method, headers }: Request): boolean =>
  method !== "GET" && method !== "HEAD" && isForeign(headers) && allowedOrigin(headers) === null;

/** Lets the pages of ALLOWED_ORIGINS read an answer, by a token of their own: never with cookies. */
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

/** The answer to a browser that asks beforehand; null for any other request. */
export function preflight(request: Request): Response | null {
  const asked = request.headers.has("access-control-request-method");
  if (request.method !== "OPTIONS" || !asked) return null;
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
