import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import { emailChannel, Undeliverable } from "../channels";
import { formerDoctors, type Person, readVisit, type Visit } from "../queries";
import { isStillTrue } from "../rules";
import { type Kind, kind as kindSchema } from "../schema";
import { type Audience, TEMPLATES } from "../templates";

const CHANNEL = "email";
/** Longer than a sending can take; a process that dies holds a message back for this long. */
const LEASE_SECONDS = 60;
const SWEEP_BATCH = 100;
/** News that is older than this helps nobody any more. */
const PATIENCE_DAYS = 3;

type Recipient = Person & { audience: Audience };

async function recipientsOf(kind: Kind, bookingId: string, visit: Visit): Promise<Recipient[]> {
  const former = TEMPLATES.formerDoctor[kind] ? await formerDoctors(bookingId, visit) : [];
  const all: Recipient[] = [
    { ...visit.patient, audience: "patient" },
    // A doctor never heard of a booking that was not paid.
    ...(visit.facts.wasConfirmed ? [{ ...visit.doctor, audience: "doctor" as const }] : []),
    ...former.map((person) => ({ ...person, audience: "formerDoctor" as const })),
  ];
  return all.filter(({ audience }) => TEMPLATES[audience][kind]);
}

/**
 * Tells everybody concerned what happened to a booking: once per (booking, version, kind, channel,
 * person), whatever runs twice. A message that is no longer true is not sent.
 * @param version the booking's when it happened; left out, as it is now.
 * @throws when a message could not be sent: calling again sends what is missing.
 */
export async function notify(bookingId: string, kind: Kind, version?: number): Promise<void> {
  const visit = await readVisit(bookingId);
  if (!visit) throw new Error(`no booking ${bookingId}`);
  const told = version ?? visit.version;
  if (!isStillTrue(kind, told, visit, clock.now())) {
    logger.info({ bookingId, kind, version: told }, "message is no longer true");
    return;
  }
  const recipients = await recipientsOf(kind, bookingId, visit);
  await db.notification.createMany({
    data: recipients.map(({ userId }) => ({
      bookingId,
      version: told,
      kind,
      channel: CHANNEL,
      userId,
    })),
    skipDuplicates: true,
  });
  const open = await db.notification.findMany({
    where: { bookingId, version: told, kind, channel: CHANNEL, status: "PENDING" },
    select: { id: true },
  });
  await deliverAll(open);
}

/** Tells the patient what a refund's request or payment means to them. */
export async function notifyOfRefund(refundId: string, kind: "paid_too_late" | "refunded") {
  const refund = await db.refund.findUnique({
    where: { id: refundId },
    select: { payment: { select: { bookingId: true } } },
  });
  if (refund) await notify(refund.payment.bookingId, kind);
}

/**
 * Sends what was claimed and never sent: a process died, or the mail server was away for longer than
 * a job tries. @returns how many were found.
 */
export async function sendUnsent(): Promise<number> {
  await db.$executeRaw`
    UPDATE notifications SET status = 'FAILED'
     WHERE status = 'PENDING' AND created_at < app_now() - ${PATIENCE_DAYS} * interval '1 day'`;
  const unsent = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM notifications
     WHERE status = 'PENDING' AND created_at < app_now() - interval '2 minutes'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
     ORDER BY created_at LIMIT ${SWEEP_BATCH}`;
  await deliverAll(unsent);
  return unsent.length;
}

/** One that fails does not keep the others back; the first failure is thrown when all were tried. */
async function deliverAll(messages: Array<{ id: string }>): Promise<void> {
  const failures: unknown[] = [];
  for (const { id } of messages) {
    try {
      await deliver(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

type Claimed = { booking_id: string; version: number; kind: string; user_id: string };

/** Sends one message unless it is sent, or in another's hands. */
async function deliver(id: string): Promise<void> {
  const [claimed] = await db.$queryRaw<Claimed[]>`
    UPDATE notifications SET leased_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
     WHERE id = ${id}::uuid AND status = 'PENDING'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
    RETURNING booking_id, version, kind, user_id`;
  if (!claimed) return;
  const message = await compose(claimed);
  if (!message) return giveUp(id, "no longer true, or nobody to tell");
  try {
    await emailChannel().send({ id, ...message }, async (tx) => {
      await tx.$executeRaw`
        UPDATE notifications SET status = 'SENT', sent_at = app_now(), leased_until = NULL
         WHERE id = ${id}::uuid AND status = 'PENDING'`;
    });
  } catch (error) {
    if (error instanceof Undeliverable) return giveUp(id, error.message);
    await db.notification.updateMany({ where: { id }, data: { leasedUntil: null } });
    throw error;
  }
}

/** The words of a message, from the booking as it is now: it may have waited. */
async function compose({ booking_id: bookingId, version, kind: name, user_id: userId }: Claimed) {
  const kind = kindSchema.parse(name);
  const visit = await readVisit(bookingId);
  if (!visit || !isStillTrue(kind, version, visit, clock.now())) return null;
  const recipients = await recipientsOf(kind, bookingId, visit);
  const recipient = recipients.find((person) => person.userId === userId);
  const template = recipient && TEMPLATES[recipient.audience][kind];
  if (!template) return null;
  // Whoever was erased is not written to any more.
  if ((await db.dataKey.count({ where: { userId } })) === 0) return null;
  const { name: toName, email: to, zone } = recipient;
  return { userId, toName, to, ...template({ ...visit.facts, to: { name: toName, zone } }) };
}

async function giveUp(id: string, why: string): Promise<void> {
  logger.warn({ notificationId: id, why }, "message not sent");
  await db.notification.updateMany({
    where: { id, status: "PENDING" },
    data: { status: "FAILED", leasedUntil: null },
  });
}
