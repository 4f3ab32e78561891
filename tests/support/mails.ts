import { deliver } from "@/server/notifications/commands/notify";
import { readMailbox } from "@/server/notifications/queries";
import { sql } from "./database";

/** Sends all pending mails about accounts, as their job does. */
export async function sendOwedMails(): Promise<void> {
  const owed = await sql<{ id: string }>(
    "SELECT id FROM notifications WHERE booking_id IS NULL AND status = 'PENDING' ORDER BY id",
  );
  for (const { id } of owed) await deliver(id);
}

/** Sends pending mails and reads all mails to an address, newest first. */
export async function mailsTo(email: string) {
  await sendOwedMails();
  return readMailbox(true, email);
}

/** The code and the token of the newest confirmation mail. */
export async function confirmationOf(email: string): Promise<{ code: string; token: string }> {
  for (const { text } of await mailsTo(email)) {
    const code = /\b\d{6}\b/.exec(text)?.[0];
    const token = /verify\?token=([\w-]+)/.exec(text)?.[1];
    if (code && token) return { code, token };
  }
  throw new Error(`no mail to ${email} has a code`);
}
