import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { toSlot } from "../queries";
import { type Span, slotTimesAreValid } from "../rules";
import type { CreateSlot, Slot } from "../schema";
import { isoOf, unblocked } from "./plan";

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

/** So many take under a second where the machine is busy; a statement has five. */
const OPENED_AT_ONCE = 2500;

type Wanted = Span & { doctorId: string };

/**
 * Opens slots where nothing is yet: neither another slot nor a time that the doctor took back by
 * hand. @returns how many are new.
 */
export async function openSlots(tx: Tx, wanted: Wanted[]): Promise<number> {
  let created = 0;
  for (let first = 0; first < wanted.length; first += OPENED_AT_ONCE) {
    created += await openSome(tx, wanted.slice(first, first + OPENED_AT_ONCE));
  }
  return created;
}

async function openSome(tx: Tx, wanted: Wanted[]): Promise<number> {
  return tx.$executeRaw`
    WITH wanted AS MATERIALIZED (
      SELECT * FROM unnest(${wanted.map(({ doctorId }) => doctorId)}::text[]::uuid[],
                           ${isoOf(wanted.map(({ startsAt }) => startsAt))}::text[]::timestamptz[],
                           ${isoOf(wanted.map(({ endsAt }) => endsAt))}::text[]::timestamptz[])
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
    SELECT u.doctor_id, u.starts_at, u.ends_at, true FROM (${unblocked}) u
    ON CONFLICT DO NOTHING`;
}
