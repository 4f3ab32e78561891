import { randomUUID } from "node:crypto";
import { authenticate } from "../accounts/commands/session";
import type { Session } from "../accounts/session";

export type Context = {
  requestId: string;
  /** The caller's address, for rate limits: the socket's, or what TRUST_PROXY proxies say. */
  address: string;
  /** Whether the caller is a program on this machine. */
  isLocal: boolean;
  userAgent: string | null;
  idempotencyKey: string | null;
  /** The version that a caller read, where it is sent as a header. */
  ifMatch: string | null;
  /** Looked up at first use and once a request, so that public reads cost no query. */
  session: () => Promise<Session | null>;
  /** The session if it was looked up; for logs. */
  knownSession: () => Promise<Session | null> | undefined;
  /** What the HTTP layer is told beside the answer; shared by every rung's narrowed context. */
  answer: { replayed: boolean };
};

const SANE_ID = /^[\w.:-]{1,128}$/;

/** The request id of a caller that sent a sane one, or a new one. */
export function requestIdOf(given: unknown): string {
  return typeof given === "string" && SANE_ID.test(given) ? given : randomUUID();
}

/** Headers in which the Node server says who calls. */
export const ADDRESS = "x-client-address";
export const LOCAL = "x-from-this-machine";

// main.ts writes the mark and Next's bundles read it: they meet at the global object.
const shared = globalThis as typeof globalThis & { amrutamLocalMark?: string };

/** What the Node server writes in the header of a caller on this machine. Nobody outside knows it. */
export function localMark(): string {
  shared.amrutamLocalMark ??= randomUUID();
  return shared.amrutamLocalMark;
}

/** Whether a request comes from this machine; on a serverless host none does. */
export const isFromThisMachine = (headers: Headers): boolean => headers.get(LOCAL) === localMark();

/** Where a request comes from, for limits. */
export const addressOf = (headers: Headers): string => headers.get(ADDRESS) ?? "local";

/** What every procedure knows of its request, whichever host it came through. */
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
    answer: { replayed: false },
  };
}
