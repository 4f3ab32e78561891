import { audit } from "../audit/commands";
import type { Actor } from "../audit/schema";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { uuidv7 } from "../platform/ids";
import { createDataKey, sealText } from "../platform/phi";
import { inTransaction, type Tx } from "../platform/transaction";
import { hashPassword, passwordMatches } from "./password";
import type { Role, UpdateMe } from "./schema";

type NewAccount = { email: string; password: string; name: string; timezone?: string };

/**
 * Makes a patient's account. The answer and its time are the same when the address is taken,
 * so that nobody learns who has an account.
 */
export async function register(input: NewAccount, requestId: string | null): Promise<void> {
  const passwordHash = await hashPassword(input.password);
  await inTransaction(async (tx) => {
    const id = uuidv7();
    const { count } = await tx.user.createMany({
      data: [{ id, email: input.email, name: input.name, passwordHash }],
      skipDuplicates: true,
    });
    if (count === 0) return;
    await tx.profile.create({ data: { userId: id, timezone: input.timezone } });
    await createDataKey(tx, id);
    await audit(
      tx,
      { userId: id, role: "patient", requestId },
      { action: "user.registered", entityType: "user", entityId: id },
    );
  });
}

/**
 * Checks an address and a password.
 * @throws INVALID_CREDENTIALS for either; ACCOUNT_SUSPENDED only after a right password.
 */
export async function checkPassword(
  email: string,
  password: string,
): Promise<{ id: string; role: Role; name: string; email: string }> {
  const user = await db.user.findUnique({ where: { email } });
  const matches = await passwordMatches(user?.passwordHash ?? null, password);
  if (!user || !matches) throw new AppError("INVALID_CREDENTIALS");
  if (user.status !== "ACTIVE") throw new AppError("ACCOUNT_SUSPENDED");
  return { id: user.id, role: user.role, name: user.name, email: user.email };
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
