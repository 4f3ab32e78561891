import { createTransport, type Transporter } from "nodemailer";
import { env } from "@/env";
import { db } from "../platform/db";
import { logger } from "../platform/logger";
import { sealText } from "../platform/phi";
import { inTransaction, type Tx } from "../platform/transaction";
import { mailboxPlace } from "./queries";
import type { Message } from "./schema";

/** A message to be sent. Its id is that of the notification: a second sending has the same id. */
type Outgoing = Message & { id: string; userId: string; toName: string };

/** The mail server refuses the address permanently, so a retry would fail too. */
export class Undeliverable extends Error {}

export type Channel = {
  /** Sends a message and calls `done`, in the same transaction if the channel has one. */
  send: (message: Outgoing, done: (tx: Tx) => Promise<void>) => Promise<void>;
};

const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

let transport: Transporter | undefined;

function mailer(url: string): Transporter {
  transport ??= createTransport({
    url,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    // A server that scans mails may answer late. If we gave up, it would still deliver the mail, and a
    // retry would send it twice. So wait almost as long as the lease on the message lasts.
    socketTimeout: 45_000,
    // Mails contain names and times of consultations. `?requireTLS=false` in the URL overrides this.
    requireTLS: !LOCAL.includes(new URL(url).hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return transport;
}

/** Keeps only the codes of a mail error: its text quotes the recipient's address. */
function toSafeError(error: unknown): Error {
  const { code = "unknown", responseCode = 0 } = error as { code?: string; responseCode?: number };
  const refused = (code === "EENVELOPE" || code === "EMESSAGE") && responseCode >= 500;
  const text = `mail not sent: ${code} ${responseCode}`;
  return refused ? new Undeliverable(text) : new Error(text);
}

/** Mail by SMTP. After a crash before `done`, it is sent again under the same Message-ID. */
const smtp = (url: string): Channel => ({
  async send({ id, to, toName, subject, text }, done) {
    const domain = /@([^>\s]+)/.exec(env.MAIL_FROM)?.[1] ?? "localhost";
    try {
      await mailer(url).sendMail({
        from: env.MAIL_FROM,
        to: { name: toName, address: to },
        subject,
        text,
        messageId: `<${id}@${domain}>`,
        headers: { "Auto-Submitted": "auto-generated" },
      });
    } catch (error) {
      throw toSafeError(error);
    }
    await done(db);
  },
});

/** The demo's mailbox: stores the mail and marks it as sent in one transaction, so exactly once. */
const mailbox: Channel = {
  send: ({ id, userId, to, subject, text }, done) =>
    inTransaction(async (tx) => {
      const plain = JSON.stringify({ to, subject, text } satisfies Message);
      const content = await sealText(tx, mailboxPlace(id, userId), plain);
      await tx.mailboxMessage.createMany({ data: [{ id, userId, content }], skipDuplicates: true });
      await done(tx);
    }),
};

/** Warns at a start in production that mails are stored in a mailbox that nobody reads. */
export function warnOfUnreadMail(): void {
  if (!env.isProduction || env.SMTP_URL) return;
  logger.warn("SMTP_URL is not set: mail is kept in the database, where nobody reads it");
}

/** Returns the channel "email": SMTP if it is configured, else the demo's mailbox. */
export const emailChannel = (): Channel => (env.SMTP_URL ? smtp(env.SMTP_URL) : mailbox);
