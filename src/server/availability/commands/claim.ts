import { Prisma } from "@/generated/prisma/client";

/**
 * Builds the statement that claims a free slot of a bookable doctor. Of several callers, one changes the
 * row and the others change nothing. The statement returns id, doctor_id, starts_at, ends_at, fee_amount
 * and currency, or no row.
 */
export const claimSlotSql = (slotId: string, status: "HELD" | "BOOKED"): Prisma.Sql => Prisma.sql`
  UPDATE availability_slots s SET status = ${status}::slot_status FROM doctors d
   WHERE s.id = ${slotId}::uuid AND s.status = 'AVAILABLE' AND s.withdrawn_at IS NULL
     AND s.starts_at > app_now() + make_interval(mins => d.minimum_notice_minutes)
     AND d.id = s.doctor_id AND doctor_is_bookable(d)
  RETURNING s.id, s.doctor_id, s.starts_at, s.ends_at, d.fee_amount, d.currency`;

/** Builds the statement that marks the slots of confirmed bookings. @param from rows with a slot_id. */
export const bookSlotsSql = (from: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UPDATE availability_slots s SET status = 'BOOKED' FROM ${from} f WHERE s.id = f.slot_id`;

/**
 * Builds the statement that frees the slots of bookings that have ended or moved.
 * @param from rows with a slot_id.
 * @param isWithdrawn withdraws the slots too, because their doctor is absent: nobody can book them.
 */
export const freeSlotsSql = (from: Prisma.Sql, isWithdrawn = false): Prisma.Sql => Prisma.sql`
  UPDATE availability_slots s
     SET status = 'AVAILABLE', withdrawn_at = ${isWithdrawn ? Prisma.sql`app_now()` : Prisma.sql`NULL`}
    FROM ${from} f WHERE s.id = f.slot_id`;
