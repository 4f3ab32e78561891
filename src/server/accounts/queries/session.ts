import { db } from "../../platform/db";
import type { Role } from "../schema";
import { digest, isAwake, type Session } from "../session";

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

/** A session, and whether its last activity was noted so long ago that it should be noted again. */
type Found = { session: Session; isStale: boolean };

/** Finds the session that an access token opens, as it is in the database now. */
export async function findSession(token: string): Promise<Found | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, u.name, u.email,
           d.id AS doctor_id, s.mfa_at IS NOT NULL AS mfa,
           s.last_seen_at < app_now() - interval '30 seconds' AS stale
      FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN doctors d ON d.user_id = u.id
     WHERE s.access_token_hash = ${digest(token)} AND s.revoked_at IS NULL
       AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status = 'ACTIVE'
       AND ${isAwake}`;
  if (!row) return null;
  const { session_id: sessionId, user_id: userId, doctor_id: doctorId, ...person } = row;
  const { role, name, email, mfa, stale } = person;
  return { session: { sessionId, userId, role, name, email, doctorId, mfa }, isStale: stale };
}

type Known = { session_id: string; user_id: string; role: Role; spent: boolean; revoked: boolean };

/**
 * Reads the state of a refresh token. It runs outside of any transaction, so that many calls at once do
 * not wait for each other.
 */
export async function refreshTokenState(hash: Uint8Array): Promise<Known | null> {
  const [known] = await db.$queryRaw<Known[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, t.spent_at IS NOT NULL AS spent,
           s.revoked_at IS NOT NULL AS revoked
      FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
     WHERE t.hash = ${hash}`;
  return known ?? null;
}
