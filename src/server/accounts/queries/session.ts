import { db } from "../../platform/db";
import type { Role } from "../schema";
import { digest, isNotIdle, type Session } from "../session";

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

/** A session. `isStale`: its time of activity is so old that it must be stored again. */
type Found = { session: Session; isStale: boolean };

/** Finds the session of an access token. */
export async function findSession(token: string): Promise<Found | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, u.name, u.email,
           d.id AS doctor_id, s.mfa_at IS NOT NULL AS mfa,
           s.last_seen_at < app_now() - interval '30 seconds' AS stale
      FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN doctors d ON d.user_id = u.id
     WHERE s.access_token_hash = ${digest(token)} AND s.revoked_at IS NULL
       AND s.access_expires_at > app_now() AND s.expires_at > app_now() AND u.status = 'ACTIVE'
       AND ${isNotIdle}`;
  if (!row) return null;
  const { session_id: sessionId, user_id: userId, doctor_id: doctorId, ...person } = row;
  const { role, name, email, mfa, stale } = person;
  return { session: { sessionId, userId, role, name, email, doctorId, mfa }, isStale: stale };
}

type RefreshTokenState = {
  session_id: string;
  user_id: string;
  role: Role;
  spent: boolean;
  revoked: boolean;
};

/** Reads the state of a refresh token outside of a transaction, so that concurrent calls do not conflict. */
export async function refreshTokenState(hash: Uint8Array): Promise<RefreshTokenState | null> {
  const [known] = await db.$queryRaw<RefreshTokenState[]>`
    SELECT s.id AS session_id, u.id AS user_id, u.role::text AS role, t.spent_at IS NOT NULL AS spent,
           s.revoked_at IS NOT NULL AS revoked
      FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id
     WHERE t.hash = ${hash}`;
  return known ?? null;
}
