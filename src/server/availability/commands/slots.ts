import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { toSlot } from "../queries";
import { type Span, slotTimesAreValid } from "../rules";
import type { CreateSlot, Slot } from "../schema";
import { isoStrings, unblockedSql } from "./plan";

/**
 * Opens one slot. An exclusion constraint refuses overlaps.
 * @throws SLOT_TIMES_INVALID, SLOT_OVERLAP.
 */
export async function createSlot(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  input: CreateSlot,
): Promise<Slot> {
  const startsAt = new Date(input.startsAt);
  const endsAt = new Date(input.endsAt);
  if (!slotTimesAreValid(startsAt, endsAt, clock.now())) throw new AppError("SLOT_TIMES_INVALID");
  // Lock the doctor: concurrent inserts of overlapping slots can deadlock in the exclusion constraint.
  // The lock does not block bookings, which only reference the doctor's key.
  await tx.$queryRaw`SELECT id FROM doctors WHERE id = ${doctorId}::uuid FOR NO KEY UPDATE`;
  const slot = await tx.availabilitySlot.create({ data: { doctorId, startsAt, endsAt } });
  await audit(tx, actor, { action: "slot.created", entityType: "slot", entityId: slot.id });
  return toSlot({
    ...slot,
    doctor_id: slot.doctorId,
    starts_at: slot.startsAt,
    ends_at: slot.endsAt,
  });
}

/** Withdraws a free slot. @throws NOT_FOUND if it belongs to another doctor; SLOT_NOT_FREE. */
export async function withdrawSlot(tx: Tx, actor: Actor, doctorId: string, slotId: string) {
  const { count } = await tx.availabilitySlot.updateMany({
    where: { id: slotId, doctorId, status: "AVAILABLE", withdrawnAt: null },
    data: { withdrawnAt: clock.now() },
  });
  if (count === 0) {
    const slot = await tx.availabilitySlot.findFirst({
      where: { id: slotId, doctorId, withdrawnAt: null },
      select: { id: true },
    });
    throw new AppError(slot ? "SLOT_NOT_FREE" : "NOT_FOUND");
  }
  await audit(tx, actor, { action: "slot.withdrawn", entityType: "slot", entityId: slotId });
  return { ok: true as const };
}

/** Takes under a second on a busy machine. The timeout of a statement is five seconds. */
const SLOTS_PER_INSERT = 2500;

type Wanted = Span & { doctorId: string };

/**
 * Opens the wanted slots that overlap neither another slot nor a time that the doctor withdrew by hand.
 * @returns how many slots were opened.
 */
export async function openSlots(tx: Tx, wanted: Wanted[]): Promise<number> {
  let created = 0;
  for (let first = 0; first < wanted.length; first += SLOTS_PER_INSERT) {
    created += await openBatch(tx, wanted.slice(first, first + SLOTS_PER_INSERT));
  }
  return created;
}

async function openBatch(tx: Tx, wanted: Wanted[]): Promise<number> {
  return tx.$executeRaw`
    WITH wanted AS MATERIALIZED (
      SELECT * FROM unnest(${wanted.map(({ doctorId }) => doctorId)}::text[]::uuid[],
                           ${isoStrings(wanted.map(({ startsAt }) => startsAt))}::text[]::timestamptz[],
                           ${isoStrings(wanted.map(({ endsAt }) => endsAt))}::text[]::timestamptz[])
        AS w(doctor_id, starts_at, ends_at)),
    reach AS (
      SELECT doctor_id, min(starts_at) - interval '4 hours' AS first, max(ends_at) AS last
        FROM wanted GROUP BY doctor_id),
    blocking AS (
      SELECT s.doctor_id, s.starts_at, s.ends_at FROM reach r
        JOIN availability_slots s ON s.doctor_id = r.doctor_id
         AND s.starts_at > r.first AND s.starts_at < r.last
         AND (s.withdrawn_at IS NULL OR s.from_rules))
    INSERT INTO availability_slots (doctor_id, starts_at, ends_at, from_rules)
    SELECT u.doctor_id, u.starts_at, u.ends_at, true FROM (${unblockedSql}) u
    ON CONFLICT DO NOTHING`;
}
