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
 * Creates a patient's account. Nobody can sign in to it before its address is confirmed. If the address
 * already has an account, the answer and the database work are the same, so that a caller cannot find out
 * who has one. Both get a mail; the job that sends the mail chooses its text.
 */
export async function register(input: NewAccount, requestId: string | null): Promise<void> {
  refuseGuessable(input.password);
  const passwordHash = await hashPassword(input.password);
  const [id, signUpId] = [uuidv7(), uuidv7()];
  const { wrapped, kekVersion } = newDataKey(id);
  const { timezone = "Asia/Kolkata" } = input;
  await inTransaction(async (tx) => {
    const [account] = await tx.$queryRaw<Array<{ id: string; is_new: boolean }>>`
      WITH created AS (
        INSERT INTO users (id, email, name, password_hash)
        VALUES (${id}::uuid, ${input.email}, ${input.name}, ${passwordHash})
        ON CONFLICT (email) DO NOTHING RETURNING id),
      profile AS (
        INSERT INTO profiles (user_id, timezone) SELECT id, ${timezone} FROM created),
      data_key AS (
        INSERT INTO data_keys (user_id, wrapped, kek_version)
        SELECT id, ${wrapped}::bytea, ${kekVersion}::int FROM created),
      account AS (
        SELECT id, true AS is_new FROM created
        UNION ALL SELECT id, false FROM users WHERE email = ${input.email}),
      sign_up AS (
        INSERT INTO sign_ups (id, user_id, name, timezone, password_hash)
        SELECT ${signUpId}::uuid, id, ${input.name}, ${timezone}, ${passwordHash} FROM account)
      SELECT id, is_new FROM account`;
    if (!account) throw new Error("the sign-up query returned no account");
    await queueSignUpCode(tx, signUpId);
    const entity = { entityType: "user", entityId: account.id } as const;
    const [actor, action] = account.is_new
      ? [{ userId: id, role: "patient" as const, requestId }, "user.registered" as const]
      : [system(requestId), "user.registered_again" as const];
    await audit(tx, actor, { action, ...entity });
  });
}

/** Creates an admin with a confirmed address. Only the command line calls it. @throws EMAIL_TAKEN. */
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

/** Changes the given fields of the caller's own profile. Null clears a field. */
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
