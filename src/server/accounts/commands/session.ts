import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { db } from "../../platform/db";
import { AppError, isReadOnly } from "../../platform/errors";
import { inTransaction, type Tx } from "../../platform/transaction";
import { findSession, refreshTokenState } from "../queries/session";
import { ACCESS_MINUTES } from "../rules";
import type { Role, Tokens } from "../schema";
import { digest, isNotIdle, newToken, type Session, tokenOf } from "../session";

/**
 * Finds the session of an access token and stores the time of the activity. Reads the database at every
 * request, so that a revocation takes effect with the next request.
 * @param isQuiet whether the request does not count as activity.
 */
export async function sessionOfToken(token: string, isQuiet = false): Promise<Session | null> {
  const found = await findSession(token);
  if (found?.isStale && !isQuiet) await markAsSeen(found.session.sessionId);
  return found?.session ?? null;
}

/** Stores the time of the activity. A read-only database still serves pages, without storing the time. */
async function markAsSeen(sessionId: string): Promise<void> {
  const marked = db.$executeRaw`UPDATE sessions SET last_seen_at = app_now() WHERE id = ${sessionId}::uuid`;
  await marked.catch((error: unknown) => {
    if (!isReadOnly(error)) throw error;
  });
}

/**
 * Finds the session of a request, or null. A request with the header `x-background` does not count as
 * activity: a page sends it without an action of the user.
 */
export async function authenticate(headers: Headers): Promise<Session | null> {
  const token = tokenOf(headers);
  return token ? sessionOfToken(token, headers.has("x-background")) : null;
}

type Person = { id: string; role: Role; name: string };

/** Issues a new pair of tokens for a session of an API client. */
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

/**
 * Exchanges a refresh token for a new pair and ends the old pair. One conditional update decides which
 * of several callers succeeds.
 * @throws REFRESH_INVALID; REFRESH_REUSED for a token that was used before, which ends the session.
 */
export async function refreshSession(token: string, requestId: string | null): Promise<Tokens> {
  const hash = new Uint8Array(digest(token));
  let known = await refreshTokenState(hash);
  if (known && !known.spent) {
    const tokens = await inTransaction(async (tx) => {
      const [spent] = await tx.$queryRaw<Array<Person & { session_id: string }>>`
        UPDATE refresh_tokens t SET spent_at = app_now() FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE t.hash = ${hash} AND t.spent_at IS NULL AND s.id = t.session_id AND s.revoked_at IS NULL
           AND s.expires_at > app_now() AND u.status = 'ACTIVE' AND ${isNotIdle}
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

/** Ends a session: its tokens fail from the next call on. Does nothing if the session has ended. */
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

/** Ends a session of the caller. @throws NOT_FOUND if it has ended or belongs to another person. */
export async function endOwnSession(
  tx: Tx,
  actor: Actor & { userId: string },
  sessionId: string,
  why: string,
): Promise<void> {
  const { userId } = actor;
  const count = await tx.session.count({ where: { id: sessionId, userId, revokedAt: null } });
  if (count === 0) throw new AppError("NOT_FOUND");
  await endSession(tx, actor, sessionId, why);
}

/** Ends all sessions of a person except `keep`. */
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
