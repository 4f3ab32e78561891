import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import { emailChannel, Undeliverable } from "../channels";
import type { Kind } from "../schema";
import { compose, type Owed } from "./compose";

/** Longer than a sending can take; a process that dies holds a message back for this long. */
const LEASE_SECONDS = 60;
const SWEEP_BATCH = 100;
/** News that is older than this helps nobody any more. */
const PATIENCE_DAYS = 3;

/**
 * Sends what a booking's change owes: once per (booking, version, kind, channel, person), whatever
 * runs twice. A message that is no longer true is not sent.
 * @param version the booking's when it happened; left out, any.
 * @throws when a message could not be sent: calling again sends what is missing.
 */
export async function notify(bookingId: string, kind: Kind, version?: number): Promise<void> {
  const owed = await db.notification.findMany({
    where: { bookingId, version, kind, status: "PENDING" },
    select: { id: true },
  });
  await deliverAll(owed);
}

/** Tells the patient what a refund's request or payment means to them. */
export async function notifyOfRefund(refundId: string, kind: "paid_too_late" | "refunded") {
  const refund = await db.refund.findUnique({
    where: { id: refundId },
    select: { reason: true, payment: { select: { bookingId: true } } },
  });
  if (!refund) return;
  await notify(refund.payment.bookingId, refund.reason === "gateway" ? "refunded_by_clinic" : kind);
}

/**
 * Sends what is owed since two minutes and no job sent: it was lost, a process died, or the mail
 * server was away for longer than a job tries. @returns how many were found.
 */
export async function sendOverdue(): Promise<number> {
  await db.$executeRaw`
    UPDATE notifications SET status = 'FAILED'
     WHERE status = 'PENDING' AND due_at < app_now() - ${PATIENCE_DAYS} * interval '1 day'`;
  // Those that were tried wait behind those that were not, so that no failure holds others up.
  const overdue = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM notifications
     WHERE status = 'PENDING' AND due_at < app_now() - interval '2 minutes'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
     ORDER BY leased_until NULLS FIRST, due_at LIMIT ${SWEEP_BATCH}`;
  await deliverAll(overdue);
  return overdue.length;
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

/** Sends one message unless it is sent, or in another's hands. @throws where it could not be sent. */
export async function deliver(id: string): Promise<void> {
  const [claimed] = await db.$queryRaw<Owed[]>`
    UPDATE notifications SET leased_until = clock_timestamp() + ${LEASE_SECONDS} * interval '1 second'
     WHERE id = ${id}::uuid AND status = 'PENDING'
       AND (leased_until IS NULL OR leased_until < clock_timestamp())
    RETURNING id, booking_id, version, kind, user_id, sign_up_id`;
  if (!claimed) return;
  try {
    const message = await compose(claimed);
    if (!message) return await giveUp(id, "VOID", "no longer true, or nobody to tell");
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
