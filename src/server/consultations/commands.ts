import { audit } from "../audit/commands";
import { type Actor, system } from "../audit/schema";
import { endBooking } from "../bookings/commands/end";
import type { BookingScope } from "../bookings/rules";
import { cancelWithRefund } from "../payments/commands/cancel";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { logger } from "../platform/logger";
import { sealText } from "../platform/phi";
import { inTransaction, type Tx } from "../platform/transaction";
import { getConsultation } from "./queries";
import { ABSENT_AFTER_MINUTES, EARLY_MINUTES } from "./rules";
import type { Consultation } from "./schema";

type Locked = {
  id: string;
  status: string;
  patient_id: string;
  booking: string;
  early: boolean;
  /** True when the fee is refunded because nobody has started: see `refundMissed`. */
  over: boolean;
  /** True during the grace time, in which the patient cannot be marked as absent. */
  grace: boolean;
  waits: boolean;
};

/** Reads a doctor's own consultation and locks it and its booking. @throws NOT_FOUND. */
async function lock(tx: Tx, doctorId: string, bookingId: string): Promise<Locked> {
  const [row] = await tx.$queryRaw<Locked[]>`
    SELECT c.id, c.status::text AS status, b.patient_id, b.status::text AS booking,
           app_now() < b.starts_at - make_interval(mins => ${EARLY_MINUTES}::int) AS early,
           app_now() > b.ends_at + make_interval(mins => ${ABSENT_AFTER_MINUTES}::int) AS over,
           app_now() < b.starts_at + make_interval(mins => b.no_show_grace_minutes) AS grace,
           patient_waits(b, c) AS waits
      FROM bookings b JOIN consultations c ON c.booking_id = b.id
     WHERE b.id = ${bookingId}::uuid AND b.doctor_id = ${doctorId}::uuid FOR UPDATE`;
  if (!row) throw new AppError("NOT_FOUND");
  return row;
}

/**
 * SCHEDULED → ACTIVE, from ten minutes before the start until the fee is refunded for absence.
 * @throws NOT_FOUND, ILLEGAL_TRANSITION, TOO_EARLY, VISIT_OVER.
 */
export async function startConsultation(tx: Tx, actor: Actor, doctorId: string, bookingId: string) {
  const { id, status, booking, early, over } = await lock(tx, doctorId, bookingId);
  if (status !== "SCHEDULED" || booking !== "CONFIRMED") throw new AppError("ILLEGAL_TRANSITION");
  if (early) throw new AppError("TOO_EARLY");
  if (over) throw new AppError("VISIT_OVER");
  await tx.$executeRaw`
    UPDATE consultations SET status = 'ACTIVE', started_at = app_now() WHERE id = ${id}::uuid`;
  await audit(tx, actor, {
    action: "consultation.started",
    entityType: "consultation",
    entityId: id,
  });
}

/** ACTIVE → COMPLETED, with the booking. The notes are encrypted under the patient's key. */
export async function completeConsultation(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  bookingId: string,
  notes?: string,
) {
  const { id, status, patient_id: ownerId } = await lock(tx, doctorId, bookingId);
  if (status !== "ACTIVE") throw new AppError("ILLEGAL_TRANSITION");
  const sealed = notes
    ? await sealText(tx, { table: "consultations", column: "notes", rowId: id, ownerId }, notes)
    : null;
  await end(tx, actor, id, bookingId, "COMPLETED", sealed);
}

/**
 * SCHEDULED → NO_SHOW after the grace time if the patient did not come. The clinic keeps the fee.
 * @throws NOT_FOUND, ILLEGAL_TRANSITION, TOO_EARLY, PATIENT_WAITING, VISIT_OVER.
 */
export async function markNoShow(tx: Tx, actor: Actor, doctorId: string, bookingId: string) {
  const { id, status, booking, grace, waits, over } = await lock(tx, doctorId, bookingId);
  if (status !== "SCHEDULED" || booking !== "CONFIRMED") throw new AppError("ILLEGAL_TRANSITION");
  if (grace) throw new AppError("TOO_EARLY");
  if (over) throw new AppError("VISIT_OVER");
  if (waits) throw new AppError("PATIENT_WAITING");
  await end(tx, actor, id, bookingId, "NO_SHOW", null);
}

async function end(
  tx: Tx,
  actor: Actor,
  id: string,
  bookingId: string,
  outcome: "COMPLETED" | "NO_SHOW",
  notes: Uint8Array | null,
) {
  await tx.$executeRaw`
    UPDATE consultations SET status = ${outcome}::consultation_status, notes = ${notes}::bytea,
           ended_at = app_now() WHERE id = ${id}::uuid`;
  const action = outcome === "COMPLETED" ? "consultation.completed" : "consultation.no_show";
  await audit(tx, actor, { action, entityType: "consultation", entityId: id });
  await endBooking(tx, actor, bookingId, outcome);
}

/**
 * Reads a consultation for a caller who may see it. If a patient reads it while its link is available, the
 * patient is recorded as waiting. @throws NOT_FOUND, also before the payment.
 */
export async function viewConsultation(
  scope: BookingScope,
  bookingId: string,
): Promise<Consultation> {
  const consultation = await getConsultation(scope, bookingId);
  const isPatient = scope !== "all" && "patientId" in scope;
  if (isPatient && consultation.joinUrl !== null) {
    // The patient gets the link even if the database takes no writes.
    await noteWaiting(consultation.id).catch((error) => {
      logger.warn({ consultationId: consultation.id, err: error }, "waiting patient not noted");
    });
  }
  return consultation;
}

/**
 * Notes that the patient is waiting, at most every 30 seconds. Skips a row that another transaction has
 * locked, and a consultation that has ended.
 */
const noteWaiting = (consultationId: string) =>
  db.$executeRaw`
    UPDATE consultations SET patient_seen_at = app_now() WHERE id = (
      SELECT id FROM consultations
       WHERE id = ${consultationId}::uuid AND status IN ('SCHEDULED', 'ACTIVE')
         AND (patient_seen_at IS NULL OR patient_seen_at < app_now() - interval '30 seconds')
       FOR UPDATE SKIP LOCKED)`;

/**
 * Cancels visits whose doctor did not come, and refunds them in full. Such a visit is confirmed and was not
 * started, and its end is more than ABSENT_AFTER_MINUTES ago.
 * @returns how many visits the query found.
 */
export async function refundMissed(): Promise<number> {
  const missed = await db.$queryRaw<Array<{ id: string }>>`
    SELECT b.id FROM bookings b JOIN consultations c ON c.booking_id = b.id
     WHERE b.status = 'CONFIRMED' AND c.status = 'SCHEDULED'
       AND b.ends_at < app_now() - make_interval(mins => ${ABSENT_AFTER_MINUTES}::int)
     ORDER BY b.ends_at LIMIT 100`;
  for (const { id } of missed) {
    const options = { by: "absence" } as const;
    await inTransaction((tx) => cancelWithRefund(tx, system(), "all", id, options)).catch(
      (error) => {
        // Somebody has started or cancelled the visit in the meantime, so it is not missed.
        if (!(error instanceof AppError && error.reason === "ILLEGAL_TRANSITION")) throw error;
      },
    );
  }
  return missed.length;
}
