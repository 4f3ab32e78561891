import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { db } from "../../platform/db";
import { inTransaction, type Tx } from "../../platform/transaction";
import type { Role, VerifyInput } from "../schema";
import { removeTotp } from "./mfa";
import { endOtherSessions } from "./session";
import { recordDenial, type SignedIn } from "./sign-in";
import { CODE_MINUTES, CODE_TRIES, codeMatches, spendLinkToken } from "./tokens";

type Registration = { userId: string; signUpId: string | null };

/**
 * Confirms an address by the code or the link in its mail, and signs the person in. The password and the
 * name come from the registration that this mail belongs to.
 * @throws CODE_INVALID, also for an unknown address.
 */
export async function confirmAddress(
  input: VerifyInput,
  requestId: string | null,
): Promise<SignedIn> {
  const { email, code, token } = input;
  if (token) {
    const confirmed = await inTransaction(async (tx) => {
      const spent = await spendLinkToken(tx, token, "verify_email");
      return spent && confirm(tx, spent, requestId);
    });
    if (confirmed) return confirmed;
    throw await recordDenial(null, "CODE_INVALID", requestId);
  }
  const user = await db.user.findUnique({
    where: { email: email ?? "" },
    select: { id: true, role: true },
  });
  const registration = await tryCode(email ?? "", code ?? "");
  const confirmed =
    registration && (await inTransaction((tx) => confirm(tx, registration, requestId)));
  if (confirmed) return confirmed;
  throw await recordDenial(user, "CODE_INVALID", requestId);
}

/**
 * Increments the tries of every valid code of the address, then compares the code. The statement runs
 * outside of a transaction, so that a refusal does not roll the number back, and so that concurrent tries
 * wait instead of failing.
 */
async function tryCode(email: string, code: string): Promise<Registration | null> {
  const tried = await db.$queryRaw<Array<{ id: string; user_id: string }>>`
    UPDATE sign_ups s SET tries = s.tries + 1 FROM users u
     WHERE u.email = ${email} AND u.email_verified_at IS NULL AND u.status = 'ACTIVE' AND s.user_id = u.id
       AND s.mailed_at > app_now() - ${CODE_MINUTES}::int * interval '1 minute'
       AND s.tries < ${CODE_TRIES}::int
    RETURNING s.id, s.user_id`;
  const match = tried.find(({ id }) => codeMatches(id, code));
  return match ? { userId: match.user_id, signUpId: match.id } : null;
}

/** Marks the address as confirmed. @returns null if it is already confirmed, or the account is not active. */
async function confirm(
  tx: Tx,
  { userId, signUpId }: Registration,
  requestId: string | null,
): Promise<SignedIn | null> {
  const [user] = await tx.$queryRaw<
    Array<{
      role: Role;
      name: string;
      email: string;
      password_hash: string;
      timezone: string | null;
    }>
  >`
    UPDATE users u SET email_verified_at = app_now(), name = coalesce(s.name, u.name),
           password_hash = coalesce(s.password_hash, u.password_hash)
      FROM users same LEFT JOIN sign_ups s ON s.id = ${signUpId}::uuid AND s.user_id = same.id
     WHERE u.id = ${userId}::uuid AND same.id = u.id AND u.email_verified_at IS NULL AND u.status = 'ACTIVE'
    RETURNING u.role::text AS role, u.name, u.email, u.password_hash, s.timezone`;
  if (!user) return null;
  const { role, name, email, password_hash: passwordHash, timezone } = user;
  // Delete the other registrations of the address too, because they are no longer valid.
  await tx.signUp.deleteMany({ where: { userId } });
  if (timezone) await tx.profile.updateMany({ where: { userId }, data: { timezone } });
  const actor: Actor = { userId, role, requestId };
  await removeUnconfirmedAccess(tx, actor, userId);
  await audit(tx, actor, { action: "email.verified", entityType: "user", entityId: userId });
  return { id: userId, role, name, email, passwordHash, factorSince: null };
}

/**
 * Removes the sessions and the second factor that exist before the address is confirmed, because a stranger
 * may have created them.
 */
export async function removeUnconfirmedAccess(tx: Tx, actor: Actor, userId: string): Promise<void> {
  await endOtherSessions(tx, actor, userId, null, "address confirmed");
  if (!(await removeTotp(tx, userId))) return;
  await audit(tx, actor, {
    action: "mfa.reset",
    entityType: "user",
    entityId: userId,
    detail: { reason: "address confirmed" },
  });
}

/**
 * Deletes registrations whose links have expired. Keeps the newest registration of an address that is not
 * confirmed yet, because it contains the password.
 * @returns how many registrations were deleted.
 */
export async function deleteOldSignUps(): Promise<number> {
  return db.$executeRaw`
    DELETE FROM sign_ups s USING users u
     WHERE u.id = s.user_id AND s.created_at < app_now() - interval '2 days'
       AND (u.email_verified_at IS NOT NULL
            OR EXISTS (SELECT FROM sign_ups n WHERE n.user_id = s.user_id AND n.id > s.id))`;
}
