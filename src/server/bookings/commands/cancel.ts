import { Prisma } from "@/generated/prisma/client";
import type { CancelledBy } from "@/generated/prisma/enums";
import { auditSql } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { freeSlotsSql } from "../../availability/commands/claim";
import { AppError } from "../../platform/errors";
import { eventSql } from "../../platform/outbox";
import { sealText } from "../../platform/phi";
import type { Tx } from "../../platform/transaction";
import { within } from "../queries/scope";
import type { BookingScope } from "../rules";
import { cancellationPercent, doctorIsLate, type PolicyTier, refundOf } from "../rules";
import type { CancelOptions } from "../schema";
import { cancelConsultationsSql, closeUnpaidSql } from "./parts";

type Locked = {
  status: string;
  patient_id: string;
  price_amount: number;
  tiers: PolicyTier[];
  cap: number;
  starts_at: Date;
  paid_at: Date | null;
  /** The part of the payment that was refunded already, for instance by hand at the gateway. */
  gone: number;
  now: Date;
  consultation: string | null;
};

/** Reads a booking of the scope and locks it until the transaction ends. @throws NOT_FOUND. */
export async function lockBooking(tx: Tx, scope: BookingScope, bookingId: string): Promise<Locked> {
  const [row] = await tx.$queryRaw<Locked[]>`
    SELECT b.status::text AS status, b.patient_id, b.price_amount, b.cancellation_policy AS tiers,
           b.refund_cap_percent AS cap, b.starts_at, p.captured_at AS paid_at,
           p.refunded_amount AS gone, app_now() AS now, c.status::text AS consultation
      FROM bookings b JOIN payments p ON p.booking_id = b.id
      LEFT JOIN consultations c ON c.booking_id = b.id
     WHERE b.id = ${bookingId}::uuid AND ${within(scope)} FOR UPDATE OF b`;
  if (!row) throw new AppError("NOT_FOUND");
  return row;
}

/** Picks what the cancellation rules need from a booking. */
export const termsOf = ({ tiers, cap, starts_at, paid_at, now }: Locked) => ({
  tiers,
  capPercent: cap,
  startsAt: starts_at,
  paidAt: paid_at,
  now,
});

const isLate = ({ starts_at: startsAt, now, consultation }: Locked) =>
  doctorIsLate({ startsAt, now, consultation });

/** Computes what a cancellation gives back now, in minor units. */
function owedFor(booking: Locked, by: CancelledBy): number {
  const { consultation, price_amount: price, gone } = booking;
  const percent = cancellationPercent(by === "patient", { ...termsOf(booking), consultation });
  return refundOf(price, percent, gone);
}

/** The event part of a statement whose CTE `cancelled` has the ids of the cancelled bookings. */
export const cancelledEventSql = eventSql(
  "booking/cancelled",
  { bookingId: Prisma.sql`c.id` },
  Prisma.sql`cancelled c`,
);

/** Builds the audit entry of a cancelled booking `c`. */
export const cancelledEntrySql = (actor: Actor, by: CancelledBy): Prisma.Sql =>
  auditSql(actor, {
    action: "booking.cancelled",
    entityType: "booking",
    entityId: Prisma.sql`c.id::text`,
    detail: { by: Prisma.sql`${by}::text` },
  });

type Options = CancelOptions & { by: CancelledBy };

/**
 * PENDING or CONFIRMED → CANCELLED. Frees the slot (withdraws it if the doctor cancelled), cancels the
 * consultation and closes an unpaid payment.
 * @returns `refund`: what to give back, in minor units; the caller requests it in the same transaction.
 *   `by`: who cancelled; `absence` if a patient cancels because the doctor is late.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION, also if `expectedStatus` differs; REFUND_CHANGED if
 *   `expectedRefund` differs.
 */
export async function cancelBooking(
  tx: Tx,
  actor: Actor,
  scope: BookingScope,
  bookingId: string,
  { by: caller, reason, expectedRefund, expectedStatus }: Options,
): Promise<{ refund: number; by: CancelledBy }> {
  const booking = await lockBooking(tx, scope, bookingId);
  const open = booking.status === "PENDING" || booking.status === "CONFIRMED";
  const isOther = expectedStatus !== undefined && expectedStatus !== booking.status;
  // An admin may cancel an active consultation: one that nobody completes would keep the fee for ever.
  const isUnderWay = booking.consultation === "ACTIVE" && caller !== "admin";
  if (!open || isOther || isUnderWay) throw new AppError("ILLEGAL_TRANSITION");
  const refund = booking.status === "CONFIRMED" ? owedFor(booking, caller) : 0;
  if (expectedRefund !== undefined && expectedRefund !== refund)
    throw new AppError("REFUND_CHANGED");
  const by = caller === "patient" && isLate(booking) ? "absence" : caller;
  const place = {
    table: "bookings",
    column: "cancel_reason",
    rowId: bookingId,
    ownerId: booking.patient_id,
  };
  const sealed = reason ? await sealText(tx, place, reason) : null;
  await tx.$queryRaw`
    WITH cancelled AS (
      UPDATE bookings SET status = 'CANCELLED', cancelled_by = ${by}::cancelled_by, hold_number = NULL,
             cancel_reason = ${sealed}::bytea
       WHERE id = ${bookingId}::uuid AND status IN ('PENDING', 'CONFIRMED') RETURNING id, slot_id),
    freed AS (${freeSlotsSql(Prisma.sql`cancelled`, by === "doctor")}),
    off AS (${cancelConsultationsSql(Prisma.sql`cancelled`)}),
    unpaid AS (${closeUnpaidSql(Prisma.sql`cancelled`)}),
    event AS (${cancelledEventSql})
    SELECT ${cancelledEntrySql(actor, by)} FROM cancelled c`;
  return { refund, by };
}
