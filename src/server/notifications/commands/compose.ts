import { env } from "@/env";
import { codeOf, issueLinkToken } from "../../accounts/commands/tokens";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import type { AccountMail, Notice } from "../../platform/owed";
import { inTransaction, type Tx } from "../../platform/transaction";
import { ACCOUNT_MAILS, NOTICES } from "../mail";
import { type Person, readFormerDoctor, readVisit, type Visit } from "../queries";
import { isStillTrue, MOST_MAILS } from "../rules";
import { kind as bookingKind, type Kind, type Message } from "../schema";
import { type Audience, TEMPLATES } from "../templates";

/** A message that is owed. Without a booking it is about the account of whom it goes to. */
export type Owed = {
  id: string;
  booking_id: string | null;
  version: number;
  kind: string;
  user_id: string | null;
  /** The registration whose code the mail has. */
  sign_up_id: string | null;
};

type Letter = Message & { userId: string; toName: string };

/**
 * The words of a message, from the database as it is now: it may have waited.
 * @returns null where it is no longer true, or has no recipient any more.
 */
export async function compose(owed: Owed): Promise<Letter | null> {
  const { user_id: userId, booking_id: bookingId } = owed;
  // Whoever was erased is not written to any more.
  if (!userId || (await db.dataKey.count({ where: { userId } })) === 0) return null;
  return bookingId
    ? composeOfBooking(bookingId, userId, owed)
    : composeOfAccount(userId, owed.kind as AccountMail, owed);
}

async function composeOfBooking(bookingId: string, userId: string, owed: Owed) {
  const kind = bookingKind.parse(owed.kind);
  const visit = await readVisit(bookingId);
  if (!visit || !isStillTrue(kind, owed.version, visit, clock.now())) return null;
  const [audience, person] = await recipientOf(kind, userId, visit);
  const template = TEMPLATES[audience][kind];
  if (!template || !person) return null;
  const { name: toName, email: to, zone } = person;
  return { userId, toName, to, ...template({ ...visit.facts, to: { name: toName, zone } }) };
}

async function recipientOf(
  kind: Kind,
  userId: string,
  visit: Visit,
): Promise<[Audience, Person | null]> {
  if (kind === "moved_away") return ["formerDoctor", await readFormerDoctor(userId)];
  if (userId === visit.patient.userId) return ["patient", visit.patient];
  // A doctor whom the booking left since is told by a message of its own.
  return ["doctor", userId === visit.doctor.userId ? visit.doctor : null];
}

/**
 * Lets a mail that a stranger can cause through, unless its address has had as many of the kind as it
 * may get. Two at once are a serialization failure, so that they cannot both be the last one allowed.
 */
async function mayMail(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.$executeRaw`
    UPDATE notifications n SET claimed_at = coalesce(claimed_at, app_now())
     WHERE id = ${id}::uuid AND (claimed_at IS NOT NULL OR ${!env.RATE_LIMITS} OR (
             SELECT count(*) FILTER (WHERE o.claimed_at > app_now() - interval '1 hour') < ${MOST_MAILS.hour}::int
                AND count(*) < ${MOST_MAILS.day}::int
               FROM notifications o WHERE o.user_id = n.user_id AND o.kind = n.kind
                AND o.claimed_at > app_now() - interval '1 day'))`;
  return rows === 1;
}

/**
 * A link's secret is made here, when the mail is sent, so that no row, no event and no job's memory
 * ever holds it.
 */
async function composeOfAccount(
  userId: string,
  kind: AccountMail,
  owed: Owed,
): Promise<Letter | null> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { name: true, email: true, status: true, emailVerifiedAt: true },
  });
  if (user?.status !== "ACTIVE") return null;
  const recipient = { userId, toName: user.name, to: user.email };
  if (kind in NOTICES) return { ...recipient, ...NOTICES[kind as Notice](user.name) };
  const text = await inTransaction(async (tx) => {
    if (!(await mayMail(tx, owed.id))) return null;
    if (kind === "reset_password") {
      return ACCOUNT_MAILS[kind](user.name, await issueLinkToken(tx, userId, kind));
    }
    return user.emailVerifiedAt
      ? ACCOUNT_MAILS.registered_again(user.name)
      : composeCode(tx, userId, owed.sign_up_id);
  });
  return text && { ...recipient, ...text };
}

/** The code and the link of one registration, while it is kept. */
async function composeCode(tx: Tx, userId: string, signUpId: string | null) {
  if (!signUpId) return null;
  await tx.$executeRaw`UPDATE sign_ups SET mailed_at = app_now() WHERE id = ${signUpId}::uuid`;
  const link = await issueLinkToken(tx, userId, "verify_email", signUpId);
  return ACCOUNT_MAILS.verify_email(codeOf(signUpId), link);
}
