import { cookies } from "next/headers";
import NextAuth from "next-auth";
import { deviceCookie } from "@/server/accounts/devices";
import { authOptions } from "@/server/accounts/nextauth";
import { refusal } from "@/server/trpc/answer";
import { requestIdOf } from "@/server/trpc/context";

type Params = { params: Promise<{ nextauth: string[] }> };

const remember = async (value: string) => {
  (await cookies()).set({ ...deviceCookie(), value });
};

const COOKIE = /(?:^|;\s*)((?:__Secure-)?next-auth\.callback-url)=([^;]*)/;

/** Whether next-auth can go back to an address: it answers 500 to any other. */
function isAddress(text: unknown): boolean {
  if (typeof text !== "string") return false;
  const base = text.startsWith("/") ? "http://localhost" : undefined;
  return URL.canParse(text, base) && /^https?:/.test(new URL(text, base).protocol);
}

/** The address in the body to go back to, if there is one; undefined where the body cannot be read. */
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

/** Signing in and out by next-auth, which is asked only where every address to go back to is one. */
async function handler(request: Request, context: Params): Promise<Response> {
  const requestId = requestIdOf(request.headers.get("x-request-id"));
  const inCookie = addressInCookie(request);
  if (inCookie !== null && !isAddress(inCookie)) {
    const answer = refusal("INVALID_INPUT", requestId);
    // The browser would send it again and again.
    const name = COOKIE.exec(request.headers.get("cookie") ?? "")?.[1];
    answer.headers.append("set-cookie", `${name}=; Path=/; Max-Age=0; Secure`);
    return answer;
  }
  const inQuery = new URL(request.url).searchParams.get("callbackUrl");
  const inBody = request.method === "POST" ? await addressInBody(request) : null;
  if (inBody === undefined || ![inQuery, inBody].every((one) => one === null || isAddress(one))) {
    return refusal("INVALID_INPUT", requestId);
  }
  return NextAuth(authOptions(remember))(request, context);
}

export { handler as GET, handler as POST };
