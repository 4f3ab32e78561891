import { type NextRequest, NextResponse } from "next/server";
import { apiHeaders, pageHeaders } from "./server/platform/headers";

/**
 * Gives what Next answers its headers, on every host. It decides nothing about who may do what:
 * with this file deleted, nobody gets in anywhere. The API's doors bring their own headers.
 */
export function proxy(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  if (request.nextUrl.pathname.startsWith("/api/")) return answer(headers, apiHeaders());
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18))));
  const own = pageHeaders(nonce);
  // Next reads the nonce from the policy and marks its scripts; the layout marks its styles.
  headers.set("content-security-policy", own["content-security-policy"] ?? "");
  headers.set("x-nonce", nonce);
  return answer(headers, own);
}

function answer(request: Headers, own: Record<string, string>): NextResponse {
  const response = NextResponse.next({ request: { headers: request } });
  for (const [name, value] of Object.entries(own)) response.headers.set(name, value);
  return response;
}

export const config = { matcher: "/((?!_next/static/|api/(?:trpc|v1|webhooks)/).*)" };
