import { cookies } from "next/headers";
import NextAuth from "next-auth";
import { deviceCookie } from "@/server/accounts/devices";
import { authOptions } from "@/server/accounts/nextauth";
import { requestIdOf } from "@/server/trpc/context";
import { refusal } from "@/server/trpc/response";

type Params = { params: Promise<{ nextauth: string[] }> };

const setDeviceCookie = async (value: string) => {
  (await cookies()).set({ ...deviceCookie(), value });
};

const COOKIE = /(?:^|;\s*)((?:__Secure-)?next-auth\.callback-url)=([^;]*)/;

/** Tells whether next-auth accepts a callback address. To any other it answers 500. */
function isAddress(text: unknown): boolean {
  if (typeof text !== "string") return false;
  const base = text.startsWith("/") ? "http://localhost" : undefined;
  return URL.canParse(text, base) && /^https?:/.test(new URL(text, base).protocol);
}

/** Returns the callback address in the body, null if there is none, undefined if the body is malformed. */
async function addressInBody(request: Request): Promise<unknown> {
  const text = await request.clone().text();
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    return new URLSearchParams(text).get("callbackUrl");
  }
  try {
    return Object(JSON.parse(text)).callbackUrl ?? null;
  } catch {
    return undefined;
  }
}

function addressInCookie(request: Request): string | null {
  const [, , value] = COOKIE.exec(request.headers.get("cookie") ?? "") ?? [];
  try {
    return value ? decodeURIComponent(value) : null;
  } catch {
    return null;
  }
}

/** Signs in and out with next-auth. Refuses a request with an invalid callback address before next-auth sees it. */
async function handler(request: Request, context: Params): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const inCookie = addressInCookie(request);
  if (inCookie !== null && !isAddress(inCookie)) {
    const answer = refusal("INVALID_INPUT", requestId);
    // The cookie is deleted, because the browser would send it again with each request.
    const name = COOKIE.exec(request.headers.get("cookie") ?? "")?.[1];
    answer.headers.append("set-cookie", `${name}=; Path=/; Max-Age=0; Secure`);
    return answer;
  }
  const inQuery = new URL(request.url).searchParams.get("callbackUrl");
  const inBody = request.method === "POST" ? await addressInBody(request) : null;
  if (
    inBody === undefined ||
    ![inQuery, inBody].every((address) => address === null || isAddress(address))
  ) {
    return refusal("INVALID_INPUT", requestId);
  }
  return NextAuth(authOptions(setDeviceCookie))(request, context);
}

export { handler as GET, handler as POST };
