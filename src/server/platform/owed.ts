import { Prisma } from "@/generated/prisma/client";
import { eventSql } from "./outbox";
import type { Tx } from "./transaction";

/** The mails that people get about their accounts; their words are in notifications/mail.ts. */
export type AccountMail = "verify_email" | "reset_password" | "registered_again" | Notice;

/** Mails about an account that only its owner, an admin or a thief can cause. */
export type Notice =
  | "mfa_on"
  | "mfa_off"
  | "mfa_reset"
  | "password_changed"
  | "password_reset"
  | "new_device";

const mailOwed = eventSql("account/mail.owed", { messageId: Prisma.sql`id` }, Prisma.sql`owed`);

/**
 * Owes someone a mail about their account, in the transaction of the change that it tells of: a row
 * that stays until it is sent, and an event that starts a job to send it at once.
 * @param userId null where nobody has the address that was asked about: the work is the same, and
 *   nobody is written to.
 */
export async function oweAccountMail(
  tx: Tx,
  userId: string | null,
  kind: AccountMail,
): Promise<void> {
  await tx.$executeRaw`
    WITH owed AS (
      INSERT INTO notifications (kind, channel, user_id) VALUES (${kind}, 'email', ${userId}::uuid)
      RETURNING id)
    ${mailOwed}`;
}

/**
 * Owes the mail that has a registration's code and link. Where the address is confirmed already, it owes
 * a mail that somebody tried to sign up with it.
 * @param signUpId null for no registration: the statement is the same, and nothing is owed.
 */
export async function oweCode(tx: Tx, signUpId: string | null): Promise<void> {
  await tx.$executeRaw`
    WITH owed AS (
      INSERT INTO notifications (kind, channel, user_id, sign_up_id)
      SELECT 'verify_email', 'email', user_id, id FROM sign_ups WHERE id = ${signUpId}::uuid
      RETURNING id)
    ${mailOwed}`;
}
