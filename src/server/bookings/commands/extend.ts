import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { heldEventSql } from "./hold";

/** WCAG 2.2.1 asks for ten extensions. Each adds a fifth of a hold: three times the hold at most. */
const MOST_EXTENSIONS = 10;
const SHARE_OF_HOLD = 0.2;

/**
 * Extends a live hold by the database's clock, at most until the start of the slot.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION if the hold is over; HOLD_LIMIT after the last extension, or if
 *   the hold lasts until the start already.
 */
export async function extendHold(tx: Tx, actor: Actor & { userId: string }, bookingId: string) {
  const minutes = env.HOLD_MINUTES * SHARE_OF_HOLD;
  const entry = auditSql(actor, {
    action: "booking.extended",
    entityType: "booking",
    entityId: Prisma.sql`h.id::text`,
  });
  const [extended] = await tx.$queryRaw<Array<{ hold_expires_at: Date; extensions_left: number }>>`
    WITH held AS (
      UPDATE bookings
         SET hold_expires_at = least(
               hold_expires_at + ${minutes}::float8 * interval '1 minute', starts_at),
             hold_extensions = hold_extensions + 1
       WHERE id = ${bookingId}::uuid AND patient_id = ${actor.userId}::uuid AND status = 'PENDING'
         AND hold_expires_at > app_now() AND hold_expires_at < starts_at
         AND hold_extensions < ${MOST_EXTENSIONS}
      RETURNING id, hold_expires_at,
                CASE WHEN hold_expires_at < starts_at THEN ${MOST_EXTENSIONS} - hold_extensions ELSE 0 END
                  AS extensions_left),
    event AS (${heldEventSql(Prisma.sql`held h`)})
    SELECT h.hold_expires_at, h.extensions_left, ${entry} FROM held h`;
  if (!extended) throw await whyNotExtended(tx, actor.userId, bookingId);
  return {
    bookingId,
    holdExpiresAt: extended.hold_expires_at.toISOString(),
    extensionsLeft: extended.extensions_left,
  };
}

async function whyNotExtended(tx: Tx, patientId: string, bookingId: string): Promise<AppError> {
  const [booking] = await tx.$queryRaw<Array<{ live: boolean }>>`
    SELECT status = 'PENDING' AND hold_expires_at > app_now() AS live FROM bookings
     WHERE id = ${bookingId}::uuid AND patient_id = ${patientId}::uuid`;
  if (!booking) return new AppError("NOT_FOUND");
  return new AppError(booking.live ? "HOLD_LIMIT" : "ILLEGAL_TRANSITION");
}
