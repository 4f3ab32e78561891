import { audit } from "../../audit/commands";
import { system } from "../../audit/schema";
import { queueAccountMail, queueSignUpCode } from "../../platform/account-mail";
import { db } from "../../platform/db";
import { AppError, type Reason } from "../../platform/errors";
import { enforceRateLimit } from "../../platform/rate-limit";
import { inTransaction, type Tx } from "../../platform/transaction";
import { checkPassword, hashPassword } from "../password";
import { SESSION_HOURS } from "../rules";
import type { Role, Tokens } from "../schema";
import { digest, newToken } from "../session";
import { factorMatches, factorSince } from "./mfa";
import { issueTokens } from "./session";

/**
 * A person whose credentials were checked. No session starts if the role, the password or the factor has
 * changed since the check.
 */
export type SignedIn = {
  id: string;
  role: Role;
  name: string;
  email: string;
  passwordHash: string;
  /** When the second factor became active; null if the person has no second factor. */
  factorSince: Date | null;
};

type Device = {
  userAgent: string | null;
  requestId: string | null;
  /** Whether the device has signed in to the account before. */
  isKnown?: boolean;
};

/** The account of an email address. */
type Candidate = {
  id: string;
  role: Role;
  name: string;
  status: "ACTIVE" | "SUSPENDED";
  password_hash: string;
  /** The newest registration if the address is not confirmed yet; otherwise null. */
  sign_up_id: string | null;
};

/** Finds the account of an address. Until the address is confirmed, the newest registration's password is valid. */
async function findCandidate(email: string): Promise<Candidate | null> {
  const [found] = await db.$queryRaw<Candidate[]>`
    SELECT u.id, u.role::text AS role, u.name, u.status::text AS status,
           coalesce(s.password_hash, u.password_hash) AS password_hash, s.id AS sign_up_id
      FROM users u LEFT JOIN LATERAL (
             SELECT id, password_hash FROM sign_ups
              WHERE user_id = u.id AND u.email_verified_at IS NULL ORDER BY id DESC LIMIT 1) s ON true
     WHERE u.email = ${email}`;
  return found ?? null;
}

/**
 * Checks an email address and a password, and the second factor if it is active.
 * @throws INVALID_CREDENTIALS for a wrong address or password. If the password is right but the address is
 *   not confirmed, this error is thrown too, and the app mails a new code. ACCOUNT_SUSPENDED, MFA_REQUIRED
 *   and MFA_INVALID only after a right password.
 */
export async function checkSignIn(
  { email, password, otp }: { email: string; password: string; otp?: string },
  requestId: string | null,
): Promise<SignedIn> {
  const user = await findCandidate(email);
  const answer = await checkPassword(user?.password_hash ?? null, password);
  if (!user || answer === "wrong") throw await recordDenial(user, "INVALID_CREDENTIALS", requestId);
  if (user.sign_up_id) {
    throw await recordDenial(user, "INVALID_CREDENTIALS", requestId, user.sign_up_id);
  }
  if (user.status !== "ACTIVE") throw await recordDenial(user, "ACCOUNT_SUSPENDED", requestId);
  const since = await factorSince(db, user.id);
  // Not recorded as a denial: a client asks for the code after this error.
  if (since && !otp) throw new AppError("MFA_REQUIRED");
  if (since && otp) {
    await enforceRateLimit("mfaPerAccount", user.id);
    const isRight = await inTransaction((tx) => factorMatches(tx, user.id, otp));
    if (!isRight) throw await recordDenial(user, "MFA_INVALID", requestId);
  }
  const { id, role, name } = user;
  const passwordHash =
    answer === "outdated" ? await rehash(id, user.password_hash, password) : user.password_hash;
  return { id, role, name, email, passwordHash, factorSince: since };
}

/**
 * Replaces an outdated hash by a current hash of the same password.
 * @returns the new hash; the old hash if the password was changed meanwhile.
 */
async function rehash(id: string, old: string, password: string): Promise<string> {
  const passwordHash = await hashPassword(password);
  const { count } = await db.user.updateMany({
    where: { id, passwordHash: old },
    data: { passwordHash },
  });
  return count === 1 ? passwordHash : old;
}

/**
 * Records a denied sign-in in the audit log, so that attacks can be found. All denials run the same
 * statements, also for an address without an account, because otherwise the time of the answer would show
 * whether the account exists.
 * @param signUpId the unconfirmed registration that has the typed password. The app mails a new code for a
 *   copy of this registration.
 * @returns the error to throw.
 */
export async function recordDenial(
  user: { id: string; role: Role } | null,
  reason: Reason,
  requestId: string | null,
  signUpId: string | null = null,
): Promise<AppError> {
  await inTransaction(async (tx) => {
    await audit(tx, system(requestId), {
      action: "sign_in.denied",
      entityType: "user",
      entityId: user?.id ?? "unknown",
      detail: { role: user?.role ?? "none", reason: signUpId ? "ADDRESS_UNCONFIRMED" : reason },
    });
    const [newSignUp] = await tx.$queryRaw<Array<{ id: string }>>`
      INSERT INTO sign_ups (user_id, name, timezone, password_hash)
      SELECT user_id, name, timezone, password_hash FROM sign_ups WHERE id = ${signUpId}::uuid
      RETURNING id`;
    await queueSignUpCode(tx, newSignUp?.id ?? null);
  });
  return new AppError(reason);
}

/** Starts a browser's session. @returns its token, for the cookie. @throws as `startSession` does. */
export async function startBrowserSession(person: SignedIn, device: Device): Promise<string> {
  const token = newToken();
  await startSession(person, device, "browser", (tx) =>
    createSession(tx, person, device, "browser", token),
  );
  return token;
}

/** Starts an API client's session with its first pair of tokens. @throws as `startSession` does. */
export async function startApiSession(person: SignedIn, device: Device): Promise<Tokens> {
  return startSession(person, device, "api", async (tx) => {
    const id = await createSession(tx, person, device, "api", null);
    return id === null ? null : issueTokens(tx, id, person);
  });
}

/**
 * Checks whether a sign-in is from a new device, so that the owner of the account gets a mail. The result is
 * false for the first sign-in of an account. An API client without a device token is identified by its
 * User-Agent. The query runs outside of the transaction, so that two sign-ins of the same account do not
 * conflict.
 */
async function isNewDevice(
  { id }: SignedIn,
  { userAgent, isKnown }: Device,
  kind: "browser" | "api",
): Promise<boolean> {
  if (isKnown) return false;
  const [row] = await db.$queryRaw<Array<{ has_others: boolean; has_same: boolean }>>`
    SELECT EXISTS (SELECT FROM sessions WHERE user_id = ${id}::uuid) AS has_others,
           ${kind} = 'api' AND EXISTS (
             SELECT FROM sessions WHERE user_id = ${id}::uuid AND kind = 'api'
                AND device = ${deviceName(userAgent)}) AS has_same`;
  return Boolean(row?.has_others && !row.has_same);
}

/** The name of a device, as it is stored. */
const deviceName = (userAgent: string | null) => (userAgent ?? "unknown").slice(0, 200);

/** @throws INVALID_CREDENTIALS or ACCOUNT_SUSPENDED if the account has changed since the check. */
async function startSession<T>(
  person: SignedIn,
  device: Device,
  kind: "browser" | "api",
  start: (tx: Tx) => Promise<T | null>,
): Promise<T> {
  const isNew = await isNewDevice(person, device, kind);
  const started = await inTransaction(async (tx) => {
    const session = await start(tx);
    if (session !== null && isNew) await queueAccountMail(tx, person.id, "new_device");
    return session;
  });
  if (started !== null) return started;
  const { id, passwordHash } = person;
  const suspended = await db.user.count({ where: { id, passwordHash, status: "SUSPENDED" } });
  const reason = suspended > 0 ? "ACCOUNT_SUSPENDED" : "INVALID_CREDENTIALS";
  throw await recordDenial(person, reason, device.requestId);
}

/**
 * Inserts a session and its audit entry. The database computes when the session ends.
 *
 * A change of the password or the role ends all sessions that its transaction reads. Both transactions are
 * Serializable. So either the change reads this session and ends it, or this statement reads the changed
 * account and inserts nothing.
 * @returns the id; null if the account has changed since the credentials were checked.
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
    SELECT u.id, ${kind}::session_kind, ${deviceName(device.userAgent)},
           ${token && digest(token)}::bytea, CASE ${kind} WHEN 'browser' THEN e.at END, e.at,
           CASE WHEN ${person.factorSince !== null} THEN app_now() END
      FROM (SELECT app_now() + make_interval(hours => ${SESSION_HOURS[person.role]}::int) AS at) e,
           users u LEFT JOIN totp_factors f ON f.user_id = u.id
     WHERE u.id = ${person.id}::uuid AND u.status = 'ACTIVE' AND u.email_verified_at IS NOT NULL
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
