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
/** Crockford's Base32 alphabet. It leaves out letters that people confuse with others. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const place = (userId: string): Place => ({
  table: "totp_factors",
  column: "secret",
  rowId: userId,
  ownerId: userId,
});

/** Starts or restarts an enrolment. The factor is active only after a code confirms it. */
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

/** Reads since when a person's factor is active; null if no factor is active. */
export async function factorSince(tx: Tx, userId: string): Promise<Date | null> {
  const factor = await tx.totpFactor.findUnique({
    where: { userId },
    select: { confirmedAt: true },
  });
  return factor?.confirmedAt ?? null;
}

/**
 * Finds the TOTP time step (RFC 6238) that a code belongs to. The current step, the one before and the one
 * after are valid. @returns null for a wrong code.
 */
async function timeStepOf(tx: Tx, userId: string, code: string): Promise<number | null> {
  const factor = await tx.totpFactor.findUnique({ where: { userId } });
  if (!factor) return null;
  const [secret] = await openTexts([{ place: place(userId), sealed: factor.secret }], tx);
  if (!secret || !/^\d{6}$/.test(code)) return null;
  const epoch = Math.floor(clock.now().getTime() / 1000);
  const result = await verify({ secret, token: code, epoch, epochTolerance: STEP_SECONDS });
  return result.valid && "timeStep" in result ? result.timeStep : null;
}

/** Claims the time step of a code. If two callers send the same code at once, one succeeds. */
async function claimTimeStep(tx: Tx, userId: string, step: number, confirming: boolean) {
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

function makeRecoveryCode(): string {
  const letters = [...randomBytes(10)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return `${letters.slice(0, 5)}-${letters.slice(5)}`;
}

/** Activates an enrolled factor. @returns ten recovery codes, which are shown only now. @throws MFA_INVALID. */
export async function confirmTotp(tx: Tx, userId: string, code: string): Promise<string[]> {
  const step = await timeStepOf(tx, userId, code);
  const isRight = step !== null && (await claimTimeStep(tx, userId, step, true));
  if (!isRight) throw new AppError("MFA_INVALID");
  return renewRecoveryCodes(tx, userId);
}

/** Replaces the recovery codes with ten new codes, which are shown only now. */
export async function renewRecoveryCodes(tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, makeRecoveryCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({ hash: hashOf(userId, code), userId })),
  });
  return codes;
}

/**
 * Checks a second factor and marks it as used: a code of the authenticator app, which is valid once, or
 * an unused recovery code.
 */
export async function factorMatches(tx: Tx, userId: string, code: string): Promise<boolean> {
  const step = await timeStepOf(tx, userId, code.replace(/\s/g, ""));
  if (step !== null) return claimTimeStep(tx, userId, step, false);
  const { count } = await tx.recoveryCode.updateMany({
    where: { hash: hashOf(userId, code), userId, usedAt: null },
    data: { usedAt: clock.now() },
  });
  return count === 1;
}

/** Deletes the factor and its recovery codes. @returns whether there was a factor, active or not. */
export async function removeTotp(tx: Tx, userId: string): Promise<boolean> {
  const { count } = await tx.totpFactor.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  return count > 0;
}
