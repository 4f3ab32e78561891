import { randomBytes } from "node:crypto";
import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { sha256 } from "../platform/crypto";
import { db } from "../platform/db";
import { AppError, isReadOnly } from "../platform/errors";
import { inTransaction, type Tx } from "../platform/transaction";
import { ACCESS_MINUTES, IDLE_MINUTES } from "./rules";
import type { Role, Tokens } from "./schema";

/** Who is behind a request, as the session row says at this moment. */
export type Session = {
  sessionId: string;
  userId: string;
  role: Role;
  name: string;
  email: string;
  doctorId: string | null;
  /** Whether the second factor was given in this session. */
  mfa: boolean;
};

/** The cookie outlives every session; the row decides. */
export const COOKIE_SECONDS = 30 * 24 * 3600;

/** `__Host-` pins the cookie to this origin; browsers accept it over HTTPS alone. */
export const sessionCookie = (): string =>
  env.APP_URL.startsWith("https:") ? "__Host-amrutam-session" : "amrutam-session";

export const newToken = () => randomBytes(32).toString("base64url");
export const digest = (token: string) => new Uint8Array(sha256(token));

/** Of a session `s` and its user `u`: whether the last request is recent enough. */
export const isAwake = Prisma.sql`s.last_seen_at > app_now() - make_interval(mins =>
  CASE u.role WHEN 'patient' THEN ${IDLE_MINUTES.patient}::int ELSE ${IDLE_MINUTES.doctor}::int END)`;

/** The token of a request: a bearer's, or the browser's cookie. */
function tokenOf(headers: Headers): string | null {
  const bearer = /^Bearer ([\w-]{1,200})$/.exec(headers.get("authorization") ?? "")?.[1];
  if (bearer) return bearer;
  const name = sessionCookie();
  for (const pair of (headers.get("cookie") ?? "").split(/; */)) {
    if (pair.startsWith(`${name}=`)) return pair.slice(name.length + 1);
  }
  return null;
}

type Row = {
  session_id: string;
  user_id: string;
  role: Role;
  name: string;
  email: string;
  doctor_id: string | null;
  mfa: boolean;
  stale: boolean;
};

/**
 * The session that a token opens: asked of the database at every request, so that revocation bites
 * at once. @param quietly does not count as activity.
 */
export async function sessionOfToken(token: string, quietly = false): Promise<Session | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, u.name, u.email,
           d.id AS doctor_id, s.mfa_at IS NOT NULL AS mfa,
           s.last_seen_at < app_now() - interval '30 seconds' AS stale
      FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN doctors d ON d.user_id = u.id
     WHERE s.access_token_hash = ${digest(token)} AND s.revoked_at IS NULL
       AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status = 'ACTIVE'
       AND ${isAwake}`;
  if (!row) return null;
  if (row.stale && !quietly) {
    await markAsSeen(row.session_id);
  }
  const { session_id: sessionId, user_id: userId, doctor_id: doctorId, ...person } = row;
  const { role, name, email, mfa } = person;
  return { sessionId, userId, role, name, email, doctorId, mfa };
}

/** Pages can be read while the database takes no writes, though nobody counts as active then. */
async function markAsSeen(sessionId: string): Promise<void> {
  const marked = db.$executeRaw`UPDATE sessions SET last_seen_at = app_now() WHERE id = ${sessionId}::uuid`;
  await marked.catch((error: unknown) => {
    if (!isReadOnly(error)) throw error;
  });
}

/** The session of a request, or null. What a page asks by itself (`x-background`) is no activity. */
export async function authenticate(headers: Headers): Promise<Session | null> {
  const token = tokenOf(headers);
  return token ? sessionOfToken(token, headers.has("x-background")) : null;
}

type Person = { id: string; role: Role; name: string };

/** A new pair of tokens for a session of an API client. */
export async function issueTokens(tx: Tx, sessionId: string, person: Person): Promise<Tokens> {
  const accessToken = newToken();
  const refreshToken = newToken();
  const [row] = await tx.$queryRaw<Array<{ access: Date; refresh: Date }>>`
    UPDATE sessions SET access_token_hash = ${digest(accessToken)}, last_seen_at = app_now(),
           access_expires_at = least(expires_at, app_now() + make_interval(mins => ${ACCESS_MINUTES}::int))
     WHERE id = ${sessionId}::uuid RETURNING access_expires_at AS access, expires_at AS refresh`;
  if (!row) throw new AppError("REFRESH_INVALID");
  const hash = digest(refreshToken);
  await tx.refreshToken.create({ data: { hash, sessionId, expiresAt: row.refresh } });
  return {
    accessToken,
    accessTokenExpiresAt: row.access.toISOString(),
    refreshToken,
    refreshTokenExpiresAt: row.refresh.toISOString(),
    user: { id: person.id, role: person.role, name: person.name },
  };
}

type Known = { session_id: string; user_id: string; role: Role; spent: boolean; revoked: boolean };

/** How a refresh token stands. Asked outside of any transaction, so that twenty at once do not queue. */
async function refreshTokenState(hash: Uint8Array): Promise<Known | null> {
  const [known] = await db.$queryRaw<Known[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, t.spent_at IS NOT NULL AS spent,
           s.revoked_at IS NOT NULL AS revoked
      FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
     WHERE t.hash = ${hash}`;
  return known ?? null;
}

/**
 * Trades a refresh token for a new pair; the old pair is dead. One conditional update decides.
 * @throws REFRESH_INVALID; REFRESH_REUSED for a spent one, which ends the whole session.
 */
export async function refreshSession(token: string, requestId: string | null): Promise<Tokens> {
  const hash = new Uint8Array(digest(token));
  let known = await refreshTokenState(hash);
  if (known && !known.spent) {
    const tokens = await inTransaction(async (tx) => {
      const [spent] = await tx.$queryRaw<Array<Person & { session_id: string }>>`
        UPDATE refresh_tokens t SET spent_at = app_now() FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE t.hash = ${hash} AND t.spent_at IS NULL AND s.id = t.session_id AND s.revoked_at IS NULL
           AND s.expires_at > app_now() AND u.status = 'ACTIVE' AND ${isAwake}
        RETURNING s.id AS session_id, u.id, u.role::text AS role, u.name`;
      return spent ? issueTokens(tx, spent.session_id, spent) : null;
    });
    if (tokens) return tokens;
    known = await refreshTokenState(hash);
  }
  if (!known?.spent || known.revoked) throw new AppError("REFRESH_INVALID");
  const { session_id: sessionId, user_id: userId, role } = known;
  await inTransaction((tx) =>
    endSession(tx, { userId, role, requestId }, sessionId, "refresh token reused"),
  );
  throw new AppError("REFRESH_REUSED");
}

/** Ends a session: both its tokens are dead from the next call on. Ending an ended one does nothing. */
export async function endSession(
  tx: Tx,
  actor: Actor,
  sessionId: string,
  why: string,
): Promise<void> {
  const count = await tx.$executeRaw`
    UPDATE sessions SET revoked_at = app_now() WHERE id = ${sessionId}::uuid AND revoked_at IS NULL`;
  if (count === 0) return;
  await audit(tx, actor, {
    action: "session.ended",
    entityType: "session",
    entityId: sessionId,
    detail: { why },
  });
}

/** Ends every session of a person but `keep`. */
export async function endOtherSessions(
  tx: Tx,
  actor: Actor,
  userId: string,
  keep: string | null,
  why: string,
): Promise<void> {
  const live = await tx.session.findMany({
    where: { userId, revokedAt: null, ...(keep && { NOT: { id: keep } }) },
    select: { id: true },
  });
  for (const { id } of live) await endSession(tx, actor, id, why);
}
