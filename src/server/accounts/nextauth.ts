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
type Caller = {
  address: string;
  requestId: string | null;
  /** The device tokens in the cookie. */
  devices: string | null;
};
/** Stores the device tokens in the cookie. */
type SaveDevices = (tokens: string) => Promise<void>;

function cookieIn(headers: Record<string, unknown>, name: string): string | null {
  const pairs = String(headers.cookie ?? "").split(/; */);
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

async function checkPasswordForm(form: Form, { address, requestId, devices }: Caller) {
  const input = loginInput.safeParse(form);
  if (!input.success) throw new AppError("INVALID_CREDENTIALS");
  await enforceRateLimit("signInPerAddress", address);
  await limitSignIn(input.data.email, devices);
  return checkSignIn(input.data, requestId);
}

/** Checks the code or the link of the mail that confirms an address. */
async function checkMailForm(form: Form, { address, requestId }: Caller): Promise<SignedIn> {
  const input = verifyInput.safeParse(form);
  if (!input.success) throw new AppError("CODE_INVALID");
  await enforceRateLimit("linkPerAddress", address);
  return confirmAddress(input.data, requestId);
}

/** Checks a sign-in form and starts a session. @returns the token of the session. */
async function signInBrowser(
  form: Form,
  headers: Record<string, unknown>,
  saveDevices: SaveDevices,
) {
  const address = String(headers["x-client-address"] ?? "local");
  const requestId = String(headers["x-request-id"] ?? "") || null;
  const devices = cookieIn(headers, deviceCookie().name);
  const check = form?.code || form?.token ? checkMailForm : checkPasswordForm;
  const person = await check(form, { address, requestId, devices });
  const isKnown = knownDevice(person.email, devices) !== null;
  const userAgent = String(headers["user-agent"] ?? "");
  const token = await startBrowserSession(person, { userAgent, requestId, isKnown });
  if (!isKnown) await saveDevices(withDevice(devices, person.email));
  return { id: person.id, token };
}

/** Throws the error again. next-auth passes on the message only, so the seconds to wait are part of it. */
function rethrowWithWait(cause: unknown): never {
  const error = fromDatabase(cause);
  const seconds = error instanceof AppError ? error.data.retryAfterSeconds : undefined;
  throw seconds && error instanceof AppError ? new Error(`${error.reason}:${seconds}`) : error;
}

/**
 * Options of next-auth. It runs the sign-in and sets the cookie, but the session is a row of our own. So
 * the cookie contains our opaque token instead of a JWT: `encode` returns the token, and `decode` reads
 * the row.
 */
export const authOptions = (saveDevices: SaveDevices): NextAuthOptions => ({
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
      // The message of the error is the reason. The page translates it.
      authorize: (credentials, request) =>
        signInBrowser(credentials, request.headers ?? {}, saveDevices).catch(rethrowWithWait),
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
    // Return no personal data: pages read the session on the server, not from /api/auth/session.
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
