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

/** Who has signed in, and by what: no session begins where any of it is no longer so. */
export type SignedIn = {
  id: string;
  role: Role;
  name: string;
  email: string;
  passwordHash: string;
  /** Since when the second factor that was given is in force; null where none is. */
  factorSince: Date | null;
};

type Device = {
  userAgent: string | null;
  requestId: string | null;
  /** Whether it has signed in to the account before. */
  isKnown?: boolean;
};

/** An account that an address names. */
type Candidate = {
  id: string;
  role: Role;
  name: string;
  status: "ACTIVE" | "SUSPENDED";
  password_hash: string;
  /** The newest registration, where no registration of the address has been confirmed yet. */
  sign_up_id: string | null;
};

/** Before the address is confirmed, the newest registration says what the password is. */
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
 * Checks an address, a password and, where one is in force, the second factor.
 * @throws INVALID_CREDENTIALS for address or password, and for an address that is not confirmed, which
 *   is mailed a new code; then ACCOUNT_SUSPENDED, MFA_REQUIRED, MFA_INVALID, each only after a right
 *   password.
 */
export async function checkSignIn(
  { email, password, otp }: { email: string; password: string; otp?: string },
  requestId: string | null,
): Promise<SignedIn> {
  const user = await findCandidate(email);
  const answer = await checkPassword(user?.password_hash ?? null, password);
  if (!user || answer === "wrong") throw await denied(user, "INVALID_CREDENTIALS", requestId);
  if (user.sign_up_id) {
    throw await denied(user, "INVALID_CREDENTIALS", requestId, user.sign_up_id);
  }
  if (user.status !== "ACTIVE") throw await denied(user, "ACCOUNT_SUSPENDED", requestId);
  const since = await factorSince(db, user.id);
  // Asking for the code is a step of signing in, not a denial.
  if (since && !otp) throw new AppError("MFA_REQUIRED");
  if (since && otp) {
    await enforceRateLimit("mfaPerAccount", user.id);
    const right = await inTransaction((tx) => factorMatches(tx, user.id, otp));
    if (!right) throw await denied(user, "MFA_INVALID", requestId);
  }
  const { id, role, name } = user;
  const passwordHash =
    answer === "outdated" ? await rehash(id, user.password_hash, password) : user.password_hash;
  return { id, role, name, email, passwordHash, factorSince: since };
}

/** Replaces a hash of the same password. @returns the one in force, unless another password is set by now. */
async function rehash(id: string, old: string, password: string): Promise<string> {
  const passwordHash = await hashPassword(password);
  const { count } = await db.user.updateMany({
    where: { id, passwordHash: old },
    data: { passwordHash },
  });
  return count === 1 ? passwordHash : old;
}

/**
 * Refused sign-ins are on the record: who looks for an attack finds it. Those for addresses without
 * an account as well, or they would be answered sooner. All run the same statements.
 * @param signUpId a registration with the right password, which is mailed a new code.
 * @returns what to throw.
 */
export async function denied(
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
    const [anew] = await tx.$queryRaw<Array<{ id: string }>>`
      INSERT INTO sign_ups (user_id, name, timezone, password_hash)
      SELECT user_id, name, timezone, password_hash FROM sign_ups WHERE id = ${signUpId}::uuid
      RETURNING id`;
    await queueSignUpCode(tx, anew?.id ?? null);
  });
  return new AppError(reason);
}

/** Starts a browser's session. @returns its token, for the cookie. @throws as `begin` does. */
export async function startBrowserSession(person: SignedIn, device: Device): Promise<string> {
  const token = newToken();
  await begin(person, device, "browser", (tx) =>
    createSession(tx, person, device, "browser", token),
  );
  return token;
}

/** Starts an API client's session with its first pair of tokens. @throws as `begin` does. */
export async function startApiSession(person: SignedIn, device: Device): Promise<Tokens> {
  return begin(person, device, "api", async (tx) => {
    const id = await createSession(tx, person, device, "api", null);
    return id === null ? null : issueTokens(tx, id, person);
  });
}

/**
 * Whether a sign-in is from a new device, so that its owner gets a mail. The first sign-in of an account
 * does not count. A program without a device token is recognised by its User-Agent. This reads outside of
 * the transaction, so that two sign-ins of one account do not conflict.
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
                AND device = ${nameOf(userAgent)}) AS has_same`;
  return Boolean(row?.has_others && !row.has_same);
}

/** What a device calls itself, as it is kept. */
const nameOf = (userAgent: string | null) => (userAgent ?? "unknown").slice(0, 200);

/** @throws INVALID_CREDENTIALS or ACCOUNT_SUSPENDED where the sign-in does not stand any more. */
async function begin<T>(
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
    SELECT u.id, ${kind}::session_kind, ${nameOf(device.userAgent)},
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
