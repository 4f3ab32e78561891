import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { toSlot } from "../queries";
import { type Span, slotTimesAreValid } from "../rules";
import type { CreateSlot, Slot } from "../schema";

/**
 * Opens one slot. The exclusion constraint decides on overlaps.
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
  // One at a time a doctor: inserts that meet in the exclusion constraint wait for and deadlock
  // with each other. Bookings, which only refer to the doctor, are not held up.
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

/** Takes a free slot back. @throws NOT_FOUND where it is another doctor's; SLOT_NOT_FREE. */
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

/** Instants as SQL takes them in an array. */
export const isoOf = (instants: Date[]) => instants.map((instant) => instant.toISOString());

/**
 * Opens slots where nothing stands yet: neither another slot nor a time that the doctor took back by
 * hand. @returns how many are new.
 */
export async function openSlots(
  tx: Tx,
  wanted: Array<Span & { doctorId: string }>,
): Promise<number> {
  if (wanted.length === 0) return 0;
  return tx.$executeRaw`
    INSERT INTO availability_slots (doctor_id, starts_at, ends_at, from_rules)
    SELECT w.doctor_id, w.starts_at, w.ends_at, true
      FROM unnest(${wanted.map(({ doctorId }) => doctorId)}::text[]::uuid[],
                  ${isoOf(wanted.map(({ startsAt }) => startsAt))}::text[]::timestamptz[],
                  ${isoOf(wanted.map(({ endsAt }) => endsAt))}::text[]::timestamptz[])
        AS w(doctor_id, starts_at, ends_at)
     WHERE NOT EXISTS (
       SELECT FROM availability_slots s
        WHERE s.doctor_id = w.doctor_id AND s.from_rules AND s.withdrawn_at IS NOT NULL
          AND s.starts_at < w.ends_at AND s.ends_at > w.starts_at
          AND s.starts_at > w.starts_at - interval '4 hours')
    ON CONFLICT DO NOTHING`;
}
