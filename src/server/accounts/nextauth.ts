import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { env } from "@/env";
import { AppError, fromDatabase } from "../platform/errors";
import { enforceRateLimit } from "../platform/rate-limit";
import { inTransaction } from "../platform/transaction";
import { confirmAddress } from "./commands/confirm";
import { endSession, sessionOfToken } from "./commands/session";
import { checkSignIn, type SignedIn, startBrowserSession } from "./commands/sign-in";
import { deviceCookie, knownDevice, limitSignIn, withDevice } from "./devices";
import { loginInput, verifyInput } from "./schema";
import { COOKIE_SECONDS, sessionCookie } from "./session";

type Form = Record<string, string> | undefined;
/** @param devices the tokens of the device's cookie. */
type Caller = { address: string; requestId: string | null; devices: string | null };
/** Keeps the tokens of a device in its cookie. */
type Remember = (tokens: string) => Promise<void>;

function cookieIn(headers: Record<string, unknown>, name: string): string | null {
  const pairs = String(headers.cookie ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** By address and password. */
async function byPassword(form: Form, { address, requestId, devices }: Caller) {
  const input = loginInput.safeParse(form);
  if (!input.success) throw new AppError("INVALID_CREDENTIALS");
  await enforceRateLimit("signInPerAddress", address);
  await limitSignIn(input.data.email, devices);
  return checkSignIn(input.data, requestId);
}

/** By what was mailed to confirm an address. */
async function byMail(form: Form, { address, requestId }: Caller): Promise<SignedIn> {
  const input = verifyInput.safeParse(form);
  if (!input.success) throw new AppError("CODE_INVALID");
  await enforceRateLimit("linkPerAddress", address);
  return confirmAddress(input.data, requestId);
}

/** Checks what a form sent. @returns the token of the session that begins. */
async function signInBrowser(form: Form, headers: Record<string, unknown>, remember: Remember) {
  const address = String(headers["x-client-address"] ?? "local");
  const requestId = String(headers["x-request-id"] ?? "") || null;
  const devices = cookieIn(headers, deviceCookie().name);
  const by = form?.code || form?.token ? byMail : byPassword;
  const person = await by(form, { address, requestId, devices });
  const isKnown = knownDevice(person.email, devices) !== null;
  const userAgent = String(headers["user-agent"] ?? "");
  const token = await startBrowserSession(person, { userAgent, requestId, isKnown });
  if (!isKnown) await remember(withDevice(devices, person.email));
  return { id: person.id, token };
}

/** The library passes a message on and nothing else: the seconds to wait go with the reason. */
function withWait(cause: unknown): never {
  const error = fromDatabase(cause);
  const seconds = error instanceof AppError ? error.data.retryAfterSeconds : undefined;
  throw seconds && error instanceof AppError ? new Error(`${error.reason}:${seconds}`) : error;
}

/**
 * next-auth runs the sign-in and the cookie; the session itself is our row. Its cookie therefore
 * carries our opaque token in place of a JWT: `encode` passes it through, `decode` asks the row.
 */
export const authOptions = (remember: Remember): NextAuthOptions => ({
  secret: env.AUTH_SECRET,
  session: { strategy: "jwt", maxAge: COOKIE_SECONDS },
  pages: { signIn: "/sign-in" },
  cookies: {
    sessionToken: {
      name: sessionCookie(),
      options: {
        httpOnly: true,
        sameSite: "lax",
        path: "/",
        secure: env.APP_URL.startsWith("https:"),
      },
    },
  },
  providers: [
    CredentialsProvider({
      credentials: { email: {}, password: {}, otp: {}, code: {}, token: {} },
      // A refusal's reason travels as the error's message, which the page translates.
      authorize: (credentials, request) =>
        signInBrowser(credentials, request.headers ?? {}, remember).catch(withWait),
    }),
  ],
  jwt: {
    encode: async ({ token }) => String(token?.sessionToken ?? ""),
    decode: async ({ token }) => {
      const session = token ? await sessionOfToken(token, true) : null;
      return session && { sessionToken: token, sub: session.userId };
    },
  },
  callbacks: {
    jwt: ({ token, user }) =>
      user && "token" in user ? { ...token, sessionToken: user.token } : token,
    // Pages read the session through the server, never through /api/auth/session.
    session: ({ session }) => ({ expires: session.expires }),
  },
  events: {
    async signOut({ token }) {
      const session = await sessionOfToken(String(token?.sessionToken ?? ""));
      if (!session) return;
      const actor = { userId: session.userId, role: session.role, requestId: null };
      await inTransaction((tx) => endSession(tx, actor, session.sessionId, "signed out"));
    },
  },
});
