import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import { emailChannel, Undeliverable } from "../channels";
import type { Kind } from "../schema";
import { compose, type PendingMessage } from "./compose";

/** Longer than sending can take. After a crash, the message is sent again when the lease ends. */
const LEASE_SECONDS = 60;
const SWEEP_BATCH = 100;
/** A message that is older than this is not sent any more. */
const MAX_AGE_DAYS = 3;

/**
 * Sends the pending messages of a kind about a booking. A repeated or simultaneous call sends none
 * twice: there is one row per (booking, version, kind, channel, recipient). A message that is no longer
 * true is not sent.
 * @param version the booking's version at the time of the event; without it, any version.
 * @throws if a message could not be sent. A second call sends the remaining ones.
 */
export async function notify(bookingId: string, kind: Kind, version?: number): Promise<void> {
  const pending = await db.notification.findMany({
    where: { bookingId, version, kind, status: "PENDING" },
    select: { id: true },
  });
  await deliverAll(pending);
}

/** Tells the patient that a payment came too late, or that money was refunded. */
export async function notifyOfRefund(refundId: string, kind: "paid_too_late" | "refunded") {
  const refund = await db.refund.findUnique({
    where: { id: refundId },
    select: { reason: true, payment: { select: { bookingId: true } } },
  });
  if (!refund) return;
  await notify(refund.payment.bookingId, refund.reason === "gateway" ? "refunded_by_clinic" : kind);
}

/**
 * Sends messages that are overdue by two minutes: their job was lost, its process died, or the mail
 * server was unreachable for longer than a job retries. Gives up messages that are too old. Stops after a
 * batch with a failure, so that an unreachable mail server is not tried for every message.
 * @returns how many overdue messages were found. @throws the first failure.
 */
export async function sendOverdue(): Promise<number> {
  await db.$executeRaw`
    UPDATE notifications SET status = 'FAILED'
     WHERE status = 'PENDING' AND due_at < app_now() - ${MAX_AGE_DAYS} * interval '1 day'`;
  let found = 0;
  for (let batch = SWEEP_BATCH; batch === SWEEP_BATCH; found += batch) {
    batch = await sendOverdueBatch();
  }
  return found;
}

async function sendOverdueBatch(): Promise<number> {
  // Messages without a failed try come first, so that a failing one does not delay them.
  const overdue = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM notifications
     WHERE status = 'PENDING' AND due_at < app_now() - interval '2 minutes'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
     ORDER BY leased_until NULLS FIRST, due_at LIMIT ${SWEEP_BATCH}`;
  await deliverAll(overdue);
  return overdue.length;
}

/** Tries to send all messages. @throws the first failure, after all were tried. */
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

/**
 * Sends one message, unless it is sent already or another process is sending it.
 * @throws if it could not be sent.
 */
export async function deliver(id: string): Promise<void> {
  const [claimed] = await db.$queryRaw<PendingMessage[]>`
    UPDATE notifications SET leased_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
     WHERE id = ${id}::uuid AND status = 'PENDING'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
    RETURNING id, booking_id, version, kind, user_id, sign_up_id`;
  if (!claimed) return;
  try {
    const message = await compose(claimed);
    if (!message) return await giveUp(id, "VOID", "no longer true, or no recipient");
    await emailChannel().send({ id, ...message }, async (tx) => {
      await tx.$executeRaw`
        UPDATE notifications SET status = 'SENT', sent_at = app_now(), leased_until = NULL
         WHERE id = ${id}::uuid AND status = 'PENDING'`;
    });
  } catch (error) {
    if (error instanceof Undeliverable) return giveUp(id, "FAILED", error.message);
    await db.$executeRaw`
      UPDATE notifications SET leased_until = clock_timestamp() WHERE id = ${id}::uuid`;
    throw error;
  }
}

async function giveUp(id: string, status: "VOID" | "FAILED", why: string): Promise<void> {
  logger.info({ notificationId: id, status, why }, "message not sent");
  await db.notification.updateMany({
    where: { id, status: "PENDING" },
    data: { status, leasedUntil: null },
  });
}
