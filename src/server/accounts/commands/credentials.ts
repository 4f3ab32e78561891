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
import { dropUnproven } from "./confirm";
import {
  confirmTotp,
  enrolTotp,
  factorMatches,
  hasTotp,
  removeTotp,
  renewRecoveryCodes,
} from "./mfa";
import { endOtherSessions } from "./session";
import { spendLinkToken } from "./tokens";

/**
 * Asks for a reset link. The answer and the work are the same for an address without an account: its
 * mail is owed to nobody, and the job that would send it finds nobody to write to.
 */
export async function requestReset(email: string): Promise<void> {
  const user = await db.user.findUnique({ where: { email }, select: { id: true } });
  await inTransaction((tx) => queueAccountMail(tx, user?.id ?? null, "reset_password"));
}

/**
 * Sets a new password by a mailed link; every session ends. The link confirms the address too, and then
 * takes away a second factor that was set up before.
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
      // Who reads the mail has the address.
      data: { passwordHash, emailVerifiedAt: emailVerifiedAt ?? clock.now() },
      select: { id: true },
    });
    const actor: Actor = { userId, role, requestId };
    await endOtherSessions(tx, actor, userId, null, "password reset");
    if (!emailVerifiedAt) await dropUnproven(tx, actor, userId);
    await queueAccountMail(tx, userId, "password_reset");
    await audit(tx, actor, { action: "password.reset", entityType: "user", entityId: userId });
  });
}

type Me = Actor & { userId: string; role: Role; sessionId: string };

async function requirePassword(tx: Tx, userId: string, password: string): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if ((await checkPassword(user.passwordHash, password)) === "wrong")
    throw new AppError("INVALID_CREDENTIALS");
}

/** Changes one's own password; every other session ends. @throws INVALID_CREDENTIALS, PASSWORD_WEAK, PASSWORD_BREACHED. */
export async function changePassword(tx: Tx, actor: Me, current: string, next: string) {
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
 * Begins to set a second factor up. A session that somebody found open must not do: the password is
 * asked for, unless it was given just now. @throws PASSWORD_REQUIRED, INVALID_CREDENTIALS, MFA_ALREADY_ON.
 */
export async function beginMfa(tx: Tx, actor: Me, password: string | undefined) {
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

/** Turns the second factor on by its first code: this session has it, every other one ends. */
export async function turnMfaOn(tx: Tx, actor: Me, code: string): Promise<string[]> {
  const recoveryCodes = await confirmTotp(tx, actor.userId, code);
  await tx.$executeRaw`UPDATE sessions SET mfa_at = app_now() WHERE id = ${actor.sessionId}::uuid`;
  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "second factor turned on");
  await queueAccountMail(tx, actor.userId, "mfa_on");
  await audit(tx, actor, { action: "mfa.enabled", entityType: "user", entityId: actor.userId });
  return recoveryCodes;
}

/** Asks for both again. @throws INVALID_CREDENTIALS, MFA_INVALID. */
async function requireBoth(tx: Tx, userId: string, password: string, code: string): Promise<void> {
  await requirePassword(tx, userId, password);
  const on = await hasTotp(tx, userId);
  if (!on || !(await factorMatches(tx, userId, code))) throw new AppError("MFA_INVALID");
}

/** Replaces the recovery codes, by password and code. @throws INVALID_CREDENTIALS, MFA_INVALID. */
export async function newRecoveryCodes(tx: Tx, actor: Me, password: string, code: string) {
  await requireBoth(tx, actor.userId, password, code);
  const codes = await renewRecoveryCodes(tx, actor.userId);
  await audit(tx, actor, {
    action: "mfa.codes_renewed",
    entityType: "user",
    entityId: actor.userId,
  });
  return codes;
}

/** Turns it off by password and code; every other session ends. @throws INVALID_CREDENTIALS, MFA_INVALID. */
export async function turnMfaOff(tx: Tx, actor: Me, password: string, code: string): Promise<void> {
  await requireBoth(tx, actor.userId, password, code);
  await removeTotp(tx, actor.userId);
  await tx.$executeRaw`UPDATE sessions SET mfa_at = NULL WHERE id = ${actor.sessionId}::uuid`;
  await endOtherSessions(tx, actor, actor.userId, actor.sessionId, "second factor turned off");
  await queueAccountMail(tx, actor.userId, "mfa_off");
  await audit(tx, actor, { action: "mfa.disabled", entityType: "user", entityId: actor.userId });
}
