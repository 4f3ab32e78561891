import { audit } from "../../audit/commands";
import { type Actor, system } from "../../audit/schema";
import { queueSignUpCode } from "../../platform/account-mail";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { uuidv7 } from "../../platform/ids";
import { createDataKey, newDataKey, sealText } from "../../platform/phi";
import { inTransaction, type Tx } from "../../platform/transaction";
import { hashPassword, refuseGuessable } from "../password";
import type { UpdateMe } from "../schema";

type NewAccount = { email: string; password: string; name: string; timezone?: string };

/**
 * Makes a patient's account, which opens nothing before its address is confirmed. The answer and the
 * work are the same when the address is taken: both are mailed, and the mail's job finds out what to
 * write.
 */
export async function register(input: NewAccount, requestId: string | null): Promise<void> {
  refuseGuessable(input.password);
  const passwordHash = await hashPassword(input.password);
  const [id, signUpId] = [uuidv7(), uuidv7()];
  const { wrapped, kekVersion } = newDataKey(id);
  const { timezone = "Asia/Kolkata" } = input;
  await inTransaction(async (tx) => {
    const [known] = await tx.$queryRaw<Array<{ id: string; made: boolean }>>`
      WITH made AS (
        INSERT INTO users (id, email, name, password_hash)
        VALUES (${id}::uuid, ${input.email}, ${input.name}, ${passwordHash})
        ON CONFLICT (email) DO NOTHING RETURNING id),
      profile AS (
        INSERT INTO profiles (user_id, timezone) SELECT id, ${timezone} FROM made),
      data_key AS (
        INSERT INTO data_keys (user_id, wrapped, kek_version)
        SELECT id, ${wrapped}::bytea, ${kekVersion}::int FROM made),
      whose AS (
        SELECT id, true AS made FROM made
        UNION ALL SELECT id, false FROM users WHERE email = ${input.email}),
      sign_up AS (
        INSERT INTO sign_ups (id, user_id, name, timezone, password_hash)
        SELECT ${signUpId}::uuid, id, ${input.name}, ${timezone}, ${passwordHash} FROM whose)
      SELECT id, made FROM whose`;
    if (!known) throw new Error("neither a new account nor a known one");
    await queueSignUpCode(tx, signUpId);
    const entity = { entityType: "user", entityId: known.id } as const;
    const [actor, action] = known.made
      ? [{ userId: id, role: "patient" as const, requestId }, "user.registered" as const]
      : [system(requestId), "user.registered_again" as const];
    await audit(tx, actor, { action, ...entity });
  });
}

/** Makes an admin, verified: for the command line alone. @throws EMAIL_TAKEN. */
export async function createAdmin(email: string, name: string, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  await inTransaction(async (tx) => {
    const id = uuidv7();
    const { count } = await tx.user.createMany({
      data: [{ id, email, name, role: "admin", passwordHash, emailVerifiedAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) throw new AppError("EMAIL_TAKEN");
    await tx.profile.create({ data: { userId: id } });
    await createDataKey(tx, id);
    await audit(tx, system(), { action: "user.registered", entityType: "user", entityId: id });
  });
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
