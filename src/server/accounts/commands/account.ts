import { audit } from "../../audit/commands";
import { type Actor, system } from "../../audit/schema";
import { db } from "../../platform/db";
import { AppError, type Reason } from "../../platform/errors";
import { uuidv7 } from "../../platform/ids";
import { emit } from "../../platform/outbox";
import { createDataKey, sealText } from "../../platform/phi";
import { limit } from "../../platform/rate-limit";
import { inTransaction, type Tx } from "../../platform/transaction";
import { factorMatches, hasTotp } from "../mfa";
import { hashPassword, passwordMatches, refuseBreached } from "../password";
import type { Role, UpdateMe } from "../schema";

type NewAccount = { email: string; password: string; name: string; timezone?: string };

/**
 * Makes a patient's account. The answer and its time are the same when the address is taken,
 * so that nobody learns who has an account.
 */
export async function register(input: NewAccount, requestId: string | null): Promise<void> {
  refuseBreached(input.password);
  const passwordHash = await hashPassword(input.password);
  await inTransaction(async (tx) => {
    const id = uuidv7();
    const { count } = await tx.user.createMany({
      data: [{ id, email: input.email, name: input.name, passwordHash }],
      skipDuplicates: true,
    });
    if (count === 0) {
      // Whoever has the account is told that somebody tried; the caller is not.
      const { id: known } = await tx.user.findUniqueOrThrow({
        where: { email: input.email },
        select: { id: true },
      });
      return emit(tx, { name: "account/registered.again", data: { userId: known } });
    }
    await tx.profile.create({ data: { userId: id, timezone: input.timezone } });
    await createDataKey(tx, id);
    await audit(
      tx,
      { userId: id, role: "patient", requestId },
      { action: "user.registered", entityType: "user", entityId: id },
    );
    await emit(tx, { name: "account/verification.requested", data: { userId: id } });
  });
}

/** Makes an admin, verified: for the command line alone. @throws EMAIL_TAKEN. */
export async function createAdmin(email: string, name: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await inTransaction(async (tx) => {
    const id = uuidv7();
    const { count } = await tx.user.createMany({
      data: [{ id, email, name, role: "admin", passwordHash, emailVerifiedAt: new Date() }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError("EMAIL_TAKEN");
    await tx.profile.create({ data: { userId: id } });
    await createDataKey(tx, id);
    await audit(tx, system(), { action: "user.registered", entityType: "user", entityId: id });
  });
}

type SignedIn = { id: string; role: Role; name: string; mfa: boolean };

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
  if (!user) throw new AppError("INVALID_CREDENTIALS");
  const deny = async (reason: Reason) => {
    await denied(user.id, user.role, reason, requestId);
    return new AppError(reason);
  };
  if (!matches) throw await deny("INVALID_CREDENTIALS");
  if (user.status !== "ACTIVE") throw await deny("ACCOUNT_SUSPENDED");
  const mfa = await hasTotp(db, user.id);
  // Asking for the code is a step of signing in, not a denial.
  if (mfa && !otp) throw new AppError("MFA_REQUIRED");
  if (mfa && otp) {
    await limit("mfaPerAccount", user.id);
    const right = await inTransaction((tx) => factorMatches(tx, user.id, otp));
    if (!right) throw await deny("MFA_INVALID");
  }
  return { id: user.id, role: user.role, name: user.name, mfa };
}

/** Refused sign-ins of real accounts are on the record: who looks for an attack finds it. */
async function denied(userId: string, role: Role, reason: Reason, requestId: string | null) {
  await inTransaction((tx) =>
    audit(
      tx,
      { userId: null, role: "system", requestId },
      { action: "sign_in.denied", entityType: "user", entityId: userId, detail: { role, reason } },
    ),
  );
}

/** Changes the given fields of one's own profile; null clears a field. */
export async function updateMe(tx: Tx, actor: Actor & { userId: string }, input: UpdateMe) {
  const { name, timezone, ...personal } = input;
  const { userId } = actor;
  const sealed = {
    phone: await sealField(tx, userId, "phone", personal.phone),
    dateOfBirth: await sealField(tx, userId, "date_of_birth", personal.dateOfBirth),
    gender: await sealField(tx, userId, "gender", personal.gender),
  };
  if (name) await tx.user.update({ where: { id: userId }, data: { name }, select: { id: true } });
  await tx.profile.update({
    where: { userId },
    data: { timezone, ...sealed },
    select: { userId: true },
  });
  const fields = Object.keys(input).filter((field) => input[field as keyof UpdateMe] !== undefined);
  await audit(tx, actor, {
    action: "profile.updated",
    entityType: "user",
    entityId: userId,
    detail: { fields },
  });
}

async function sealField(tx: Tx, userId: string, column: string, value: string | null | undefined) {
  if (value === undefined || value === null) return value;
  return sealText(tx, { table: "profiles", column, rowId: userId, ownerId: userId }, value);
}
