import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { queueAccountMail } from "../../platform/account-mail";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { inTransaction, type Tx } from "../../platform/transaction";
import { checkPassword, hashPassword, refuseGuessable } from "../password";
import { FRESH_MINUTES } from "../rules";
import type { Role } from "../schema";
import { removeUnconfirmedAccess } from "./confirm";
import {
  confirmTotp,
  enrolTotp,
  factorMatches,
  factorSince,
  removeTotp,
  renewRecoveryCodes,
} from "./mfa";
import { endOtherSessions } from "./session";
import { spendLinkToken } from "./tokens";

/**
 * Requests a mail with a reset link. For an address without an account the answer and the database work
 * are the same: the mail has no recipient, and the job does not send it.
 */
export async function requestReset(email: string): Promise<void> {
  const user = await db.user.findUnique({ where: { email }, select: { id: true } });
  await inTransaction((tx) => queueAccountMail(tx, user?.id ?? null, "reset_password"));
}

/**
 * Sets a new password with a mailed link and ends every session. The link also confirms the address. If
 * the address was not confirmed before, a second factor that was set up earlier is removed.
 * @throws LINK_INVALID, PASSWORD_WEAK, PASSWORD_BREACHED.
 */
export async function resetPassword(token: string, password: string, requestId: string | null) {
  refuseGuessable(password);
  const passwordHash = await hashPassword(password);
  await inTransaction(async (tx) => {
    const spent = await spendLinkToken(tx, token, "reset_password");
    if (!spent) throw new AppError("LINK_INVALID");
    const { userId } = spent;
    const { role, emailVerifiedAt } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await tx.user.update({
      where: { id: userId },
      // The person has read the mail, so the address belongs to them.
      data: { passwordHash, emailVerifiedAt: emailVerifiedAt ?? clock.now() },
      select: { id: true },
    });
    const actor: Actor = { userId, role, requestId };
    await endOtherSessions(tx, actor, userId, null, "password reset");
    if (!emailVerifiedAt) await removeUnconfirmedAccess(tx, actor, userId);
    await queueAccountMail(tx, userId, "password_reset");
    await audit(tx, actor, { action: "password.reset", entityType: "user", entityId: userId });
  });
}

type SignedInActor = Actor & { userId: string; role: Role; sessionId: string };

async function requirePassword(tx: Tx, userId: string, password: string): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if ((await checkPassword(user.passwordHash, password)) === "wrong")
    throw new AppError("INVALID_CREDENTIALS");
}

/**
 * Changes the caller's own password and ends every other session.
 * @throws INVALID_CREDENTIALS, PASSWORD_WEAK, PASSWORD_BREACHED.
 */
export async function changePassword(tx: Tx, actor: SignedInActor, current: string, next: string) {
  refuseGuessable(next);
  await requirePassword(tx, actor.userId, current);
  const passwordHash = await hashPassword(next);
  await tx.user.update({
    where: { id: actor.userId },
    data: { passwordHash },
    select: { id: true },
  });
  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "password changed");
  await queueAccountMail(tx, actor.userId, "password_changed");
  await audit(tx, actor, {
    action: "password.changed",
    entityType: "user",
    entityId: actor.userId,
  });
}

/**
 * Starts the enrolment of a second factor. Requires the password, unless the sign-in was a few minutes
 * ago: otherwise anybody at an unlocked screen could set up a factor.
 * @throws PASSWORD_REQUIRED, INVALID_CREDENTIALS, MFA_ALREADY_ON.
 */
export async function beginMfa(tx: Tx, actor: SignedInActor, password: string | undefined) {
  if (password) await requirePassword(tx, actor.userId, password);
  else {
    const [fresh] = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM sessions WHERE id = ${actor.sessionId}::uuid
         AND created_at > app_now() - ${FRESH_MINUTES}::int * interval '1 minute'`;
    if (!fresh) throw new AppError("PASSWORD_REQUIRED");
  }
  const { email } = await tx.user.findUniqueOrThrow({ where: { id: actor.userId } });
  return enrolTotp(tx, actor.userId, email);
}

/**
 * Turns the second factor on with its first code. The current session counts as verified by it; every
 * other session ends. @returns the recovery codes. @throws MFA_INVALID.
 */
export async function turnMfaOn(tx: Tx, actor: SignedInActor, code: string): Promise<string[]> {
  const recoveryCodes = await confirmTotp(tx, actor.userId, code);
  await tx.$executeRaw`UPDATE sessions SET mfa_at = app_now() WHERE id = ${actor.sessionId}::uuid`;
  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "second factor turned on");
  await queueAccountMail(tx, actor.userId, "mfa_on");
  await audit(tx, actor, { action: "mfa.enabled", entityType: "user", entityId: actor.userId });
  return recoveryCodes;
}

/** @throws INVALID_CREDENTIALS, MFA_INVALID. */
async function requirePasswordAndCode(
  tx: Tx,
  userId: string,
  password: string,
  code: string,
): Promise<void> {
  await requirePassword(tx, userId, password);
  const isOn = (await factorSince(tx, userId)) !== null;
  if (!isOn || !(await factorMatches(tx, userId, code))) throw new AppError("MFA_INVALID");
}

/**
 * Replaces the recovery codes, if the password and a code are right.
 * @throws INVALID_CREDENTIALS, MFA_INVALID.
 */
export async function replaceRecoveryCodes(
  tx: Tx,
  actor: SignedInActor,
  password: string,
  code: string,
) {
  await requirePasswordAndCode(tx, actor.userId, password, code);
  const codes = await renewRecoveryCodes(tx, actor.userId);
  await audit(tx, actor, {
    action: "mfa.codes_renewed",
    entityType: "user",
    entityId: actor.userId,
  });
  return codes;
}

/**
 * Turns the second factor off, if the password and a code are right. Every other session ends.
 * @throws INVALID_CREDENTIALS, MFA_INVALID.
 */
export async function turnMfaOff(
  tx: Tx,
  actor: SignedInActor,
  password: string,
  code: string,
): Promise<void> {
  await requirePasswordAndCode(tx, actor.userId, password, code);
  await removeTotp(tx, actor.userId);
  await tx.$executeRaw`UPDATE sessions SET mfa_at = NULL WHERE id = ${actor.sessionId}::uuid`;
  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "second factor turned off");
  await queueAccountMail(tx, actor.userId, "mfa_off");
  await audit(tx, actor, { action: "mfa.disabled", entityType: "user", entityId: actor.userId });
}
