import { audit, auditAlone } from "../../audit/commands";
import { system } from "../../audit/schema";
import { db } from "../../platform/db";
import { AppError, type Reason } from "../../platform/errors";
import { limit } from "../../platform/rate-limit";
import { inTransaction, type Tx } from "../../platform/transaction";
import { factorMatches, factorSince } from "../mfa";
import { passwordMatches } from "../password";
import { SESSION_HOURS } from "../rules";
import type { Role, Tokens } from "../schema";
import { digest, issueTokens, newToken } from "../session";

/** Who has signed in, and by what: no session begins where any of it is no longer so. */
export type SignedIn = {
  id: string;
  role: Role;
  name: string;
  passwordHash: string;
  /** Since when the second factor that was given is in force; null where none is. */
  factorSince: Date | null;
};

type Device = { userAgent: string | null; requestId: string | null };

/**
 * Checks an address, a password and, where one is in force, the second factor.
 * @throws INVALID_CREDENTIALS for address or password; then ACCOUNT_SUSPENDED, MFA_REQUIRED,
 *   MFA_INVALID, each only after a right password.
 */
export async function checkSignIn(
  { email, password, otp }: { email: string; password: string; otp?: string },
  requestId: string | null,
): Promise<SignedIn> {
  const user = await db.user.findUnique({ where: { email } });
  const matches = await passwordMatches(user?.passwordHash ?? null, password);
  if (!user || !matches) throw await denied(user, "INVALID_CREDENTIALS", requestId);
  if (user.status !== "ACTIVE") throw await denied(user, "ACCOUNT_SUSPENDED", requestId);
  const since = await factorSince(db, user.id);
  // Asking for the code is a step of signing in, not a denial.
  if (since && !otp) throw new AppError("MFA_REQUIRED");
  if (since && otp) {
    await limit("mfaPerAccount", user.id);
    const right = await inTransaction((tx) => factorMatches(tx, user.id, otp));
    if (!right) throw await denied(user, "MFA_INVALID", requestId);
  }
  const { id, role, name, passwordHash } = user;
  return { id, role, name, passwordHash, factorSince: since };
}

/**
 * Refused sign-ins are on the record: who looks for an attack finds it. Those for addresses without
 * an account as well, or they would be answered sooner. @returns what to throw.
 */
async function denied(
  user: { id: string; role: Role } | null,
  reason: Reason,
  requestId: string | null,
): Promise<AppError> {
  await auditAlone(system(requestId), {
    action: "sign_in.denied",
    entityType: "user",
    entityId: user?.id ?? "unknown",
    detail: { role: user?.role ?? "none", reason },
  });
  return new AppError(reason);
}

/** Starts a browser's session. @returns its token, for the cookie. @throws as `begin` does. */
export async function startBrowserSession(person: SignedIn, device: Device): Promise<string> {
  const token = newToken();
  await begin(person, device, (tx) => createSession(tx, person, device, "browser", token));
  return token;
}

/** Starts an API client's session with its first pair of tokens. @throws as `begin` does. */
export async function startApiSession(person: SignedIn, device: Device): Promise<Tokens> {
  return begin(person, device, async (tx) => {
    const id = await createSession(tx, person, device, "api", null);
    return id === null ? null : issueTokens(tx, id, person);
  });
}

/** @throws INVALID_CREDENTIALS or ACCOUNT_SUSPENDED where the sign-in does not stand any more. */
async function begin<T>(
  person: SignedIn,
  device: Device,
  start: (tx: Tx) => Promise<T | null>,
): Promise<T> {
  const started = await inTransaction(start);
  if (started !== null) return started;
  const { id, passwordHash } = person;
  const suspended = await db.user.count({ where: { id, passwordHash, status: "SUSPENDED" } });
  const reason = suspended > 0 ? "ACCOUNT_SUSPENDED" : "INVALID_CREDENTIALS";
  throw await denied(person, reason, device.requestId);
}

/**
 * A new session of someone's, which the database's clock will end; null where the person is not any
 * more what was checked. Passwords and roles change in Serializable transactions that end the sessions
 * which they see: this one is either seen by them, or sees them.
 */
async function createSession(
  tx: Tx,
  person: SignedIn,
  device: Device,
  kind: "browser" | "api",
  token: string | null,
): Promise<string | null> {
  const [row] = await tx.$queryRaw<Array<{ id: string }>>`
    INSERT INTO sessions (user_id, kind, device, access_token_hash, access_expires_at, expires_at, mfa_at)
    SELECT u.id, ${kind}::session_kind, ${(device.userAgent ?? "unknown").slice(0, 200)},
           ${token && digest(token)}::bytea, CASE ${kind} WHEN 'browser' THEN e.at END, e.at,
           CASE WHEN ${person.factorSince !== null} THEN app_now() END
      FROM (SELECT app_now() + make_interval(hours => ${SESSION_HOURS[person.role]}::int) AS at) e,
           users u LEFT JOIN totp_factors f ON f.user_id = u.id
     WHERE u.id = ${person.id}::uuid AND u.status = 'ACTIVE'
       AND u.password_hash = ${person.passwordHash} AND u.role = ${person.role}::role
       AND f.confirmed_at IS NOT DISTINCT FROM ${person.factorSince?.toISOString() ?? null}::timestamptz
    RETURNING id`;
  if (!row) return null;
  const actor = { userId: person.id, role: person.role, requestId: device.requestId };
  await audit(tx, actor, {
    action: "session.started",
    entityType: "session",
    entityId: row.id,
    detail: { kind },
  });
  return row.id;
}
