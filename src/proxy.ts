import { type NextRequest, NextResponse } from "next/server";
import { apiHeaders, pageHeaders } from "./server/platform/headers";

/**
 * Adds the headers to Next's responses, on every host. It makes no access decision. The API's endpoints
 * set their own headers.
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  if (request.nextUrl.pathname.startsWith("/api/")) return withHeaders(headers, apiHeaders());
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const own = pageHeaders(nonce);
  // Next reads the nonce from the policy for its scripts. The layout reads it for the styles.
  headers.set("content-security-policy", own["content-security-policy"] ?? "");
  headers.set("x-nonce", nonce);
  return withHeaders(headers, own);
}

function withHeaders(request: Headers, own: Record<string, string>): NextResponse {
  const response = NextResponse.next({ request: { headers: request } });
  for (const [name, value] of Object.entries(own)) response.headers.set(name, value);
  return response;
}

export const config = { matcher: "/((?!_next/static/|api/(?:trpc|v1|webhooks)/).*)" };
