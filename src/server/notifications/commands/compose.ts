import { issueLinkToken } from "../../accounts/tokens";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import type { AccountMail } from "../../platform/owed";
import { inTransaction } from "../../platform/transaction";
import { ACCOUNT_MAILS } from "../mail";
import { type Person, readFormerDoctor, readVisit, type Visit } from "../queries";
import { isStillTrue } from "../rules";
import { kind as bookingKind, type Kind, type Message } from "../schema";
import { type Audience, TEMPLATES } from "../templates";

/** A message that is owed. Without a booking it is about the account of whom it goes to. */
export type Owed = {
  booking_id: string | null;
  version: number;
  kind: string;
  user_id: string | null;
};

type Letter = Message & { userId: string; toName: string };

/**
 * The words of a message, from the database as it is now: it may have waited.
 * @returns null where it is no longer true, or nobody is there to be told.
 */
export async function compose(owed: Owed): Promise<Letter | null> {
  const { user_id: userId, booking_id: bookingId } = owed;
  // Whoever was erased is not written to any more.
  if (!userId || (await db.dataKey.count({ where: { userId } })) === 0) return null;
  return bookingId
    ? composeOfBooking(bookingId, userId, owed)
    : composeOfAccount(userId, owed.kind as AccountMail);
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
 * A link's secret is made here, when the mail is sent, so that no row, no event and no job's memory
 * ever holds it.
 */
async function composeOfAccount(userId: string, kind: AccountMail): Promise<Letter | null> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { name: true, email: true, status: true },
  });
  if (user?.status !== "ACTIVE") return null;
  const text =
    kind === "registered_again"
      ? ACCOUNT_MAILS[kind](user.name)
      : ACCOUNT_MAILS[kind](
          user.name,
          await inTransaction((tx) => issueLinkToken(tx, userId, kind)),
        );
  return { userId, toName: user.name, to: user.email, ...text };
}
