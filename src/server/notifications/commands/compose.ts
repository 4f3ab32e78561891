import { env } from "@/env";
import { codeOf, issueLinkToken } from "../../accounts/commands/tokens";
import type { AccountMail, AccountNotice } from "../../platform/account-mail";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { inTransaction, type Tx } from "../../platform/transaction";
import { type AccountFacts, accountText } from "../account-templates";
import { type Person, readFormerDoctor, readVisit, type Visit } from "../queries";
import { isStillTrue, MAX_ACCOUNT_MAILS } from "../rules";
import { kind as bookingKind, type Kind, type Message } from "../schema";
import { type Audience, TEMPLATES, type Text } from "../templates";

/** A row of `notifications` that is to be sent. Without a booking it is about the user's account. */
export type PendingMessage = {
  id: string;
  booking_id: string | null;
  version: number;
  kind: string;
  user_id: string | null;
  /** The registration whose code the mail contains. */
  sign_up_id: string | null;
};

type Mail = Message & { userId: string; toName: string };

const mailTo = (to: Omit<Person, "zone">, text: Text): Mail => ({
  userId: to.userId,
  toName: to.name,
  to: to.email,
  ...text,
});

/**
 * Writes a message from the current state of the database, because the row may have waited.
 * @returns null if the message is no longer true, or if its recipient was erased.
 */
export async function compose(message: PendingMessage): Promise<Mail | null> {
  const { user_id: userId, booking_id: bookingId } = message;
  // An erased person has no data key.
  if (!userId || (await db.dataKey.count({ where: { userId } })) === 0) return null;
  return bookingId
    ? bookingMail(message, userId, bookingId)
    : accountMail(message, userId, message.kind as AccountMail);
}

async function bookingMail(
  message: PendingMessage,
  userId: string,
  bookingId: string,
): Promise<Mail | null> {
  const kind = bookingKind.parse(message.kind);
  const visit = await readVisit(bookingId);
  if (!visit || !isStillTrue(kind, message.version, visit, clock.now())) return null;
  const [audience, to] = await recipientOf(kind, userId, visit);
  const template = TEMPLATES[audience][kind];
  return template && to ? mailTo(to, template({ ...visit.facts, to })) : null;
}

async function recipientOf(
  kind: Kind,
  userId: string,
  visit: Visit,
): Promise<[Audience, Person | null]> {
  if (kind === "moved_away") return ["formerDoctor", await readFormerDoctor(userId)];
  if (userId === visit.patient.userId) return ["patient", visit.patient];
  // If the booking has moved to another doctor, the former doctor gets a `moved_away` instead.
  return ["doctor", userId === visit.doctor.userId ? visit.doctor : null];
}

async function accountMail(
  message: PendingMessage,
  userId: string,
  kind: AccountMail,
): Promise<Mail | null> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { name: true, email: true, status: true, emailVerifiedAt: true },
  });
  if (user?.status !== "ACTIVE") return null;
  const { name, email } = user;
  const facts = isRequest(kind)
    ? await requestFacts(message, userId, kind, { name, isVerified: user.emailVerifiedAt !== null })
    : { kind, name };
  return facts && mailTo({ userId, name, email }, accountText(facts));
}

/** A kind of mail that anybody can cause who knows the address. */
type Request = Exclude<AccountMail, AccountNotice>;
const REQUESTS: readonly string[] = ["verify_email", "reset_password", "registered_again"];
const isRequest = (kind: AccountMail): kind is Request => REQUESTS.includes(kind);

/**
 * Creates the secrets of a mail. They are created when the mail is sent, so that no row, event or job
 * ever contains them.
 */
async function requestFacts(
  message: PendingMessage,
  userId: string,
  kind: Request,
  { name, isVerified }: { name: string; isVerified: boolean },
): Promise<AccountFacts | null> {
  return inTransaction(async (tx) => {
    if (!(await isWithinRateLimit(tx, message.id))) return null;
    if (kind === "reset_password") {
      return { kind, name, token: await issueLinkToken(tx, userId, kind) };
    }
    if (isVerified) return { kind: "registered_again", name };
    const signUpId = message.sign_up_id;
    if (!signUpId) return null;
    await tx.$executeRaw`UPDATE sign_ups SET mailed_at = app_now() WHERE id = ${signUpId}::uuid`;
    const token = await issueLinkToken(tx, userId, "verify_email", signUpId);
    return { kind: "verify_email", code: codeOf(signUpId), token };
  });
}

/**
 * Counts a mail that a stranger can cause against the rate limit of its address and kind. Of two
 * simultaneous transactions one fails with a serialization failure, so that both cannot be the last.
 */
async function isWithinRateLimit(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$executeRaw`
    UPDATE notifications n SET claimed_at = coalesce(claimed_at, app_now())
     WHERE id = ${id}::uuid AND (claimed_at IS NOT NULL OR ${!env.RATE_LIMITS} OR (
             SELECT count(*) FILTER (WHERE o.claimed_at > app_now() - interval '1 hour') < ${MAX_ACCOUNT_MAILS.hour}::int
                AND count(*) < ${MAX_ACCOUNT_MAILS.day}::int
               FROM notifications o WHERE o.user_id = n.user_id AND o.kind = n.kind
                AND o.claimed_at > app_now() - interval '1 day'))`;
  return rows === 1;
}
