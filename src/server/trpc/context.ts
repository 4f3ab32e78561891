import { randomUUID } from "node:crypto";
import { authenticate } from "../accounts/commands/session";
import type { Session } from "../accounts/session";

export type Context = {
  requestId: string;
  /** The caller's address, for rate limits: the socket's, or the one that TRUST_PROXY proxies report. */
  address: string;
  /** Whether the caller runs on this machine. */
  isLocal: boolean;
  userAgent: string | null;
  idempotencyKey: string | null;
  /** The If-Match header: the version that the caller has read. */
  ifMatch: string | null;
  /** Reads the session at its first use and once a request, so that public reads need no query. */
  session: () => Promise<Session | null>;
  /** The session if it was read before, for logs. */
  knownSession: () => Promise<Session | null> | undefined;
  /** Data for the response's headers. All narrowed contexts of a request share this object. */
  response: { replayed: boolean };
};

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Returns the caller's request id if it is well formed, or a new one. */
export function requestIdOf(given: unknown): string {
  return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Headers in which the Node server passes on the caller's address. */
export const ADDRESS = "x-client-address";
export const LOCAL = "x-from-this-machine";

// main.ts writes the mark and Next's bundles read it. The global object shares it.
const shared = globalThis as typeof globalThis & { amrutamLocalMark?: string };

/** The value of the LOCAL header for callers on this machine. It is random, so others cannot send it. */
export function localMark(): string {
  shared.amrutamLocalMark ??= randomUUID();
  return shared.amrutamLocalMark;
}

/** Whether a request comes from this machine. On a serverless host none does. */
export const isFromThisMachine = (headers: Headers): boolean => headers.get(LOCAL) === localMark();

/** Returns the caller's address, for rate limits. */
export const addressOf = (headers: Headers): string => headers.get(ADDRESS) ?? "local";

/** Creates the context of a request, on the Node server and on a serverless host alike. */
export function createContext(
  headers: Headers,
  requestId = requestIdOf(headers.get("x-request-id")),
): Context {
  let session: Promise<Session | null> | undefined;
  return {
    requestId,
    address: addressOf(headers),
    isLocal: isFromThisMachine(headers),
    userAgent: headers.get("user-agent"),
    idempotencyKey: headers.get("idempotency-key"),
    ifMatch: headers.get("if-match"),
    session: () => {
      session ??= authenticate(headers);
      return session;
    },
    knownSession: () => session,
    response: { replayed: false },
  };
}
