import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { bookSlotsSql, freeSlotsSql } from "../../availability/commands/claim";
import { eventSql } from "../../platform/outbox";
import { isoSql } from "../../platform/sql";
import type { Tx } from "../../platform/transaction";
import { cancelledEntrySql, cancelledEventSql } from "./cancel";
import { openConsultationsSql } from "./parts";

/**
 * PENDING → CONFIRMED, in the transaction that captures the payment. Books the slot and opens the
 * consultation.
 * @returns false, with nothing changed, if the booking is not PENDING any more or has started.
 */
export async function confirmBooking(tx: Tx, actor: Actor, bookingId: string): Promise<boolean> {
  const event = eventSql(
    "booking/confirmed",
    {
      bookingId: Prisma.sql`c.id`,
      version: Prisma.sql`c.version`,
      startsAt: isoSql(Prisma.sql`c.starts_at`),
    },
    Prisma.sql`confirmed c`,
  );
  const entry = auditSql(actor, {
    action: "booking.confirmed",
    entityType: "booking",
    entityId: Prisma.sql`c.id::text`,
  });
  const rows = await tx.$queryRaw<unknown[]>`
    WITH confirmed AS (
      UPDATE bookings SET status = 'CONFIRMED', hold_number = NULL
       WHERE id = ${bookingId}::uuid AND status = 'PENDING' AND starts_at > app_now()
      RETURNING id, slot_id, version, starts_at),
    booked AS (${bookSlotsSql(Prisma.sql`confirmed`)}),
    consultation AS (${openConsultationsSql(Prisma.sql`confirmed`)}),
    event AS (${event})
    SELECT ${entry} FROM confirmed c`;
  return rows.length === 1;
}

/** PENDING → CANCELLED after a final decline. Frees the slot. @returns whether the booking was PENDING. */
export async function cancelUnpaid(tx: Tx, actor: Actor, bookingId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    WITH cancelled AS (
      UPDATE bookings SET status = 'CANCELLED', cancelled_by = 'payment', hold_number = NULL
       WHERE id = ${bookingId}::uuid AND status = 'PENDING'
      RETURNING id, slot_id),
    freed AS (${freeSlotsSql(Prisma.sql`cancelled`)}),
    event AS (${cancelledEventSql})
    SELECT ${cancelledEntrySql(actor, "payment")} FROM cancelled c`;
  return rows.length === 1;
}
