import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { claimSlotSql } from "../../availability/commands/claim";
import { db } from "../../platform/db";
import { AppError, type Reason } from "../../platform/errors";
import { uuidv7 } from "../../platform/ids";
import { eventSql } from "../../platform/outbox";
import { sealText } from "../../platform/phi";
import { isoSql } from "../../platform/sql";
import type { Tx } from "../../platform/transaction";
import { checkoutUrl } from "../rules";
import type { Held, Hold } from "../schema";
import { expireHolds } from "./expire";
import { openPaymentSql } from "./parts";

type Claim = {
  booking_id: string | null;
  doctor_id: string;
  starts_at: Date;
  ends_at: Date;
  price_amount: number;
  hold_expires_at: Date | null;
};

/**
 * Holds a slot for a patient until HOLD_MINUTES from now by the database's clock, but not beyond the
 * slot's start. One statement claims the slot first, so that one of many callers succeeds. It also
 * writes the booking, the payment, the audit entry and the event: all of them or none.
 *
 * @throws NOT_FOUND; SLOT_IN_PAST; SLOT_TOO_SOON (inside the doctor's minimum notice); SLOT_TAKEN and
 *   SLOT_WITHDRAWN, both with up to three alternatives; PATIENT_OVERLAP; TOO_MANY_HOLDS: a patient has at
 *   most two live holds, numbered 1 and 2 under a unique index.
 */
export async function holdSlot(
  tx: Tx,
  actor: Actor & { userId: string },
  input: Hold,
): Promise<Held> {
  const bookingId = uuidv7();
  const paymentId = uuidv7();
  const provider = env.paymentProvider;
  const reason = input.reason
    ? await sealText(
        tx,
        { table: "bookings", column: "reason", rowId: bookingId, ownerId: actor.userId },
        input.reason,
      )
    : null;
  const entry = auditSql(actor, {
    action: "booking.held",
    entityType: "booking",
    entityId: Prisma.sql`h.id::text`,
  });
  const [claim] = await tx.$queryRaw<Claim[]>`
    WITH claimed AS (${claimSlotSql(input.slotId, "HELD")}),
    wanted AS (
      SELECT ${bookingId}::uuid AS id, c.id AS slot_id, c.doctor_id, ${actor.userId}::uuid AS patient_id,
             c.starts_at, c.ends_at, c.fee_amount, c.currency,
             least(app_now() + ${env.HOLD_MINUTES}::float8 * interval '1 minute', c.starts_at)
               AS hold_expires_at,
             ${reason}::bytea AS reason, p.tiers AS policy, p.no_show_grace_minutes
        FROM claimed c CROSS JOIN (
          SELECT tiers, no_show_grace_minutes FROM cancellation_policies
           ORDER BY version DESC LIMIT 1) p),
    first AS (${insertNumberedSql(1, Prisma.sql`wanted w`)}),
    second AS (${insertNumberedSql(2, Prisma.sql`wanted w WHERE NOT EXISTS (SELECT FROM first)`)}),
    held AS (SELECT * FROM first UNION ALL SELECT * FROM second),
    payment AS (${openPaymentSql(paymentId, provider, Prisma.sql`held`)}),
    event AS (${heldEventSql(Prisma.sql`held h`)})
    SELECT h.id AS booking_id, c.doctor_id, c.starts_at, c.ends_at, c.fee_amount AS price_amount,
           h.hold_expires_at, CASE WHEN h.id IS NOT NULL THEN ${entry} END
      FROM claimed c LEFT JOIN held h ON true`;
  if (!claim) throw await whyNot(tx, input.slotId);
  if (!claim.booking_id || !claim.hold_expires_at) throw new AppError("TOO_MANY_HOLDS");

  const price = { amount: claim.price_amount, currency: "INR" as const };
  return {
    id: bookingId,
    status: "PENDING",
    doctorId: claim.doctor_id,
    slotId: input.slotId,
    startsAt: claim.starts_at.toISOString(),
    endsAt: claim.ends_at.toISOString(),
    price,
    holdExpiresAt: claim.hold_expires_at.toISOString(),
    payment: {
      id: paymentId,
      status: "PENDING",
      amount: price,
      provider,
      checkoutUrl: checkoutUrl(env.APP_URL, provider, paymentId),
    },
  };
}

/**
 * Inserts the wanted booking as the patient's first or second hold. A unique index on the patient
 * and the number of a live hold keeps anybody from having a third.
 */
const insertNumberedSql = (number: 1 | 2, from: Prisma.Sql): Prisma.Sql => Prisma.sql`
  INSERT INTO bookings (id, slot_id, doctor_id, patient_id, starts_at, ends_at, price_amount, currency,
                        hold_expires_at, reason, cancellation_policy, no_show_grace_minutes, hold_number)
  SELECT w.*, ${number}::int FROM ${from}
  ON CONFLICT (patient_id, hold_number) WHERE status = 'PENDING' DO NOTHING RETURNING *`;

/** Builds the event of a hold that was made or extended. @param from `held h`: bookings by the name h. */
export const heldEventSql = (from: Prisma.Sql): Prisma.Sql =>
  eventSql(
    "booking/held",
    { bookingId: Prisma.sql`h.id`, holdExpiresAt: isoSql(Prisma.sql`h.hold_expires_at`) },
    from,
  );

/** Finds out why a claim changed no row. */
export async function whyNot(tx: Tx, slotId: string): Promise<AppError> {
  type Found = {
    doctor_id: string;
    starts_at: Date;
    past: boolean;
    withdrawn: boolean;
    earliest: Date;
  };
  const [slot] = await tx.$queryRaw<Found[]>`
    SELECT s.doctor_id, s.starts_at, s.starts_at <= app_now() AS past,
           s.withdrawn_at IS NOT NULL AS withdrawn,
           app_now() + make_interval(mins => d.minimum_notice_minutes) AS earliest
      FROM availability_slots s JOIN doctors d ON d.id = s.doctor_id AND doctor_is_bookable(d)
     WHERE s.id = ${slotId}::uuid`;
  if (!slot) return new AppError("NOT_FOUND");
  if (slot.past) return new AppError("SLOT_IN_PAST");
  if (!slot.withdrawn && slot.starts_at <= slot.earliest) return new AppError("SLOT_TOO_SOON");
  const near = await tx.$queryRaw<Array<{ id: string; starts_at: Date; ends_at: Date }>>`
    SELECT id, starts_at, ends_at FROM (
      (SELECT id, starts_at, ends_at FROM availability_slots
        WHERE doctor_id = ${slot.doctor_id}::uuid AND status = 'AVAILABLE' AND withdrawn_at IS NULL
          AND starts_at > ${slot.earliest} AND starts_at >= ${slot.starts_at} ORDER BY starts_at LIMIT 3)
      UNION ALL
      (SELECT id, starts_at, ends_at FROM availability_slots
        WHERE doctor_id = ${slot.doctor_id}::uuid AND status = 'AVAILABLE' AND withdrawn_at IS NULL
          AND starts_at > ${slot.earliest} AND starts_at < ${slot.starts_at} ORDER BY starts_at DESC LIMIT 3)
    ) near ORDER BY abs(extract(epoch FROM starts_at - ${slot.starts_at}::timestamptz)) LIMIT 3`;
  const alternatives = near.map((free) => ({
    id: free.id,
    doctorId: slot.doctor_id,
    startsAt: free.starts_at.toISOString(),
    endsAt: free.ends_at.toISOString(),
    status: "AVAILABLE" as const,
  }));
  return new AppError(slot.withdrawn ? "SLOT_WITHDRAWN" : "SLOT_TAKEN", { alternatives });
}

const CAUSED_BY_HOLDS: readonly Reason[] = ["SLOT_TAKEN", "PATIENT_OVERLAP", "TOO_MANY_HOLDS"];

/**
 * Ends expired holds that no job has ended yet, if they are why a booking was refused.
 * @returns whether the caller should try again.
 */
export async function clearStaleHolds(
  reason: Reason,
  slotId: string,
  patientId: string,
): Promise<boolean> {
  if (!CAUSED_BY_HOLDS.includes(reason)) return false;
  const [stale] = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM bookings
     WHERE status = 'PENDING' AND hold_expires_at <= app_now()
       AND (slot_id = ${slotId}::uuid OR patient_id = ${patientId}::uuid) LIMIT 1`;
  return stale !== undefined && (await expireHolds({ slotId, patientId })) > 0;
}
