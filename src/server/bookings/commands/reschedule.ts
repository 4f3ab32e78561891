import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { claimSlotSql, freeSlotsSql } from "../../availability/commands/claim";
import { AppError } from "../../platform/errors";
import { eventSql } from "../../platform/outbox";
import { isoSql } from "../../platform/sql";
import type { Tx } from "../../platform/transaction";
import { refundPercent } from "../rules";
import type { Reschedule } from "../schema";
import { lockBooking, termsOf } from "./cancel";
import { whyNot } from "./hold";
import { renewRoomsSql } from "./parts";

/**
 * Moves a CONFIRMED booking to another free slot of its doctor, or of a doctor with the same fee, and
 * keeps its price and payment. One statement claims the new slot, frees the old one and replaces the join
 * link: all of it or nothing. The share that the policy gives back at this moment becomes the highest
 * share of later refunds, so that nobody gains by moving a visit away before cancelling it.
 *
 * @throws NOT_FOUND, ILLEGAL_TRANSITION, PRICE_DIFFERS; for the wanted slot the same as `holdSlot`.
 */
export async function reschedule(
  tx: Tx,
  actor: Actor & { userId: string },
  { bookingId, slotId }: Reschedule,
): Promise<void> {
  const booking = await lockBooking(tx, { patientId: actor.userId }, bookingId);
  const waiting = booking.status === "CONFIRMED" && booking.consultation === "SCHEDULED";
  if (!waiting || booking.starts_at <= booking.now) throw new AppError("ILLEGAL_TRANSITION");
  const newCap = refundPercent(termsOf(booking));
  const event = eventSql(
    "booking/rescheduled",
    {
      bookingId: Prisma.sql`m.id`,
      version: Prisma.sql`m.version`,
      startsAt: isoSql(Prisma.sql`m.starts_at`),
    },
    Prisma.sql`moved m`,
  );
  const entry = auditSql(actor, {
    action: "booking.rescheduled",
    entityType: "booking",
    entityId: Prisma.sql`${bookingId}`,
    detail: { from: Prisma.sql`before.slot_id`, to: Prisma.sql`c.id` },
  });
  const [claim] = await tx.$queryRaw<Array<{ moved: string | null }>>`
    WITH claimed AS (${claimSlotSql(slotId, "BOOKED")}),
    before AS (SELECT slot_id FROM bookings WHERE id = ${bookingId}::uuid),
    moved AS (
      UPDATE bookings b
         SET slot_id = c.id, doctor_id = c.doctor_id, starts_at = c.starts_at, ends_at = c.ends_at,
             version = b.version + 1, refund_cap_percent = ${newCap},
             hold_expires_at = least(b.hold_expires_at, c.starts_at)
        FROM claimed c
       WHERE b.id = ${bookingId}::uuid AND b.status = 'CONFIRMED'
         AND (b.doctor_id = c.doctor_id OR b.price_amount = c.fee_amount)
      RETURNING b.id, b.version, b.starts_at, b.slot_id),
    freed AS (${freeSlotsSql(Prisma.sql`(SELECT before.slot_id FROM before, moved)`)}),
    room AS (${renewRoomsSql(Prisma.sql`moved`)}),
    event AS (${event})
    SELECT m.id AS moved, ${entry}
      FROM claimed c CROSS JOIN before LEFT JOIN moved m ON true`;
  if (!claim) throw await whyNot(tx, slotId);
  if (!claim.moved) throw new AppError("PRICE_DIFFERS");
}
