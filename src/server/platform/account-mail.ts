import { Prisma } from "@/generated/prisma/client";
import { eventSql } from "./outbox";
import type { Tx } from "./transaction";

/** The kinds of mail about an account. Their texts are in notifications/account-templates.ts. */
export type AccountMail = "verify_email" | "reset_password" | "registered_again" | AccountNotice;

/** Mails about a change of an account. They need the account's credentials or mailbox, or an admin. */
export type AccountNotice =
  | "mfa_on"
  | "mfa_off"
  | "mfa_reset"
  | "password_changed"
  | "password_reset"
  | "new_device"
  | "profile_approved"
  | "profile_rejected";

const mailQueued = eventSql("account/mail.owed", { messageId: Prisma.sql`id` }, Prisma.sql`queued`);

/**
 * Queues a mail about an account in the transaction of the change: a row that is PENDING until the mail
 * is sent, and an event that starts a job to send it at once.
 * @param userId null if no account has the given address. The work is the same, so that its duration
 *   does not show whether an account exists, but no mail is sent.
 */
export async function queueAccountMail(
  tx: Tx,
  userId: string | null,
  kind: AccountMail,
): Promise<void> {
  await tx.$executeRaw`
    WITH queued AS (
      INSERT INTO notifications (kind, channel, user_id) VALUES (${kind}, 'email', ${userId}::uuid)
      RETURNING id)
    ${mailQueued}`;
}

/**
 * Queues the mail with the code and the link of a registration. If the address is confirmed already,
 * the mail says instead that somebody tried to sign up with it.
 * @param signUpId null if there is no registration. The statement is the same, but no mail is queued.
 */
export async function queueSignUpCode(tx: Tx, signUpId: string | null): Promise<void> {
  await tx.$executeRaw`
    WITH queued AS (
      INSERT INTO notifications (kind, channel, user_id, sign_up_id)
      SELECT 'verify_email', 'email', user_id, id FROM sign_ups WHERE id = ${signUpId}::uuid
      RETURNING id)
    ${mailQueued}`;
}
