import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { generateSecret, generateURI, verify } from "otplib";
import { env } from "@/env";
import { clock } from "../../platform/clock";
import type { Place } from "../../platform/crypto";
import { AppError } from "../../platform/errors";
import { openTexts, sealText } from "../../platform/phi";
import type { Tx } from "../../platform/transaction";

const ISSUER = "Amrutam";
const STEP_SECONDS = 30;
const RECOVERY_CODES = 10;
/** Crockford's letters: none that is read as another. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const place = (userId: string): Place => ({
  table: "totp_factors",
  column: "secret",
  rowId: userId,
  ownerId: userId,
});

/** Starts or restarts an enrolment. The factor is not in force before a code confirms it. */
export async function enrolTotp(tx: Tx, userId: string, email: string) {
  const secret = generateSecret();
  const sealed = await sealText(tx, place(userId), secret);
  const rows = await tx.$executeRaw`
    INSERT INTO totp_factors (user_id, secret) VALUES (${userId}::uuid, ${sealed})
    ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0
     WHERE totp_factors.confirmed_at IS NULL`;
  if (rows === 0) throw new AppError("MFA_ALREADY_ON");
  return { secret, otpauthUrl: generateURI({ issuer: ISSUER, label: email, secret }) };
}

/** Since when a person's factor is in force; null where none is. */
export async function factorSince(tx: Tx, userId: string): Promise<Date | null> {
  const factor = await tx.totpFactor.findUnique({
    where: { userId },
    select: { confirmedAt: true },
  });
  return factor?.confirmedAt ?? null;
}

/** Whether a person's factor is in force. */
export const hasTotp = async (tx: Tx, userId: string) => (await factorSince(tx, userId)) !== null;

/** The time step of a right code of this step, the one before or the one after; null for a wrong one. */
async function stepOf(tx: Tx, userId: string, code: string): Promise<number | null> {
  const factor = await tx.totpFactor.findUnique({ where: { userId } });
  if (!factor) return null;
  const [secret] = await openTexts([{ place: place(userId), sealed: factor.secret }], tx);
  if (!secret || !/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(clock.now().getTime() / 1000);
  const result = await verify({ secret, token: code, epoch, epochTolerance: STEP_SECONDS });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

/** Takes a code's time step, once: of two who show the same code at once one gets through. */
async function takeStep(tx: Tx, userId: string, step: number, confirming: boolean) {
  const rows = await tx.$executeRaw`
    UPDATE totp_factors SET last_step = ${step}::bigint, confirmed_at = coalesce(confirmed_at, app_now())
     WHERE user_id = ${userId}::uuid AND last_step < ${step}::bigint
       AND (confirmed_at IS NULL) = ${confirming}`;
  return rows === 1;
}

const hashOf = (userId: string, code: string) => {
  const key = Buffer.from(hkdfSync("sha256", env.AUTH_SECRET, "", "recovery codes", 32));
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, "");
  return new Uint8Array(createHmac("sha256", key).update(`${userId} ${plain}`).digest());
};

function newRecoveryCode(): string {
  const letters = [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** Puts an enrolled factor in force. @returns ten recovery codes, shown this once. @throws MFA_INVALID. */
export async function confirmTotp(tx: Tx, userId: string, code: string): Promise<string[]> {
  const step = await stepOf(tx, userId, code);
  if (step === null || !(await takeStep(tx, userId, step, true))) throw new AppError("MFA_INVALID");
  return renewRecoveryCodes(tx, userId);
}

/** Makes ten new recovery codes, shown this once; the ones before are worth nothing any more. */
export async function renewRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((one) => ({ hash: hashOf(userId, one), userId })),
  });
  return codes;
}

/**
 * Checks a second factor: an app's code (of this step or its neighbours, never twice) or an unused
 * recovery code, which is spent.
 */
export async function factorMatches(tx: Tx, userId: string, code: string): Promise<boolean> {
  const step = await stepOf(tx, userId, code.replace(/\s/g, ""));
  if (step !== null) return takeStep(tx, userId, step, false);
  const { count } = await tx.recoveryCode.updateMany({
    where: { hash: hashOf(userId, code), userId, usedAt: null },
    data: { usedAt: clock.now() },
  });
  return count === 1;
}

/** Takes the factor and its recovery codes away. @returns whether there was one, in force or not. */
export async function removeTotp(tx: Tx, userId: string): Promise<boolean> {
  const { count } = await tx.totpFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  return count > 0;
}
