import { createTransport, type Transporter } from "nodemailer";
import { env } from "@/env";
import { db } from "../platform/db";
import { logger } from "../platform/logger";
import { sealText } from "../platform/phi";
import { inTransaction, type Tx } from "../platform/transaction";
import { mailboxPlace } from "./queries";
import type { Message } from "./schema";

/** A message on its way. The id is its notification's, and stays the same when it is sent again. */
type Outgoing = Message & { id: string; userId: string; toName: string };

/** The recipient's address is refused for good: trying again would not help. */
export class Undeliverable extends Error {}

export type Channel = {
  /** Sends, and calls `done` as close to the sending as the channel can. */
  send: (message: Outgoing, done: (tx: Tx) => Promise<void>) => Promise<void>;
};

const LOCAL = ["127.0.0.1", "localhost", "[::1]"];

let transport: Transporter | undefined;

function mailer(url: string): Transporter {
  transport ??= createTransport({
    url,
    connectionTimeout: 5000,
    greetingTimeout: 5000,
    // A server that looks into what it took may answer late, and one that is not waited for delivers
    // all the same: as long as the lease on the message allows.
    socketTimeout: 45_000,
    // Names and times of consultations do not travel in the clear; `?requireTLS=false` overrides it.
    requireTLS: !LOCAL.includes(new URL(url).hostname),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return transport;
}

/** What a server answered, without its words: those quote the recipient's address. */
function withoutWords(error: unknown): Error {
  const { code = "unknown", responseCode = 0 } = error as { code?: string; responseCode?: number };
  const refused = (code === "EENVELOPE" || code === "EMESSAGE") && responseCode >= 500;
  const text = `mail not sent: ${code} ${responseCode}`;
  return refused ? new Undeliverable(text) : new Error(text);
}

/** Mail by SMTP. A crash before `done` sends it again under the same Message-ID, which mailboxes know. */
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
      throw withoutWords(error);
    }
    await done(db);
  },
});

/** The demo's mailbox: kept and marked as sent in one transaction, so exactly once. */
const mailbox: Channel = {
  send: ({ id, userId, to, subject, text }, done) =>
    inTransaction(async (tx) => {
      const plain = JSON.stringify({ to, subject, text } satisfies Message);
      const content = await sealText(tx, mailboxPlace(id, userId), plain);
      await tx.mailboxMessage.createMany({ data: [{ id, userId, content }], skipDuplicates: true });
      await done(tx);
    }),
};

/** Says aloud at a start in production that mail goes where nobody reads it. */
export function warnOfUnreadMail(): void {
  if (!env.isProduction || env.SMTP_URL) return;
  logger.warn("SMTP_URL is not set: mail is kept in the database, where nobody reads it");
}

/** How people are written to. Both stand for the same channel, "email": a message goes out by one. */
export const emailChannel = (): Channel => (env.SMTP_URL ? smtp(env.SMTP_URL) : mailbox);
