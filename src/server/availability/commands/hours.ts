import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { getAvailability, listConflicts } from "../queries";
import { slotsOf, upcomingExceptions } from "../rules";
import type { AvailabilityAnswer, AvailabilityChange } from "../schema";
import { compareSlotsSql, type Plan, readPlanContext } from "./plan";
import { openSlots } from "./slots";

/**
 * Replaces a doctor's hours and updates the slots to match.
 * @throws STALE_VERSION, with the stored hours, if the hours changed after the caller read them.
 */
export async function setAvailability(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  input: AvailabilityChange,
): Promise<AvailabilityAnswer> {
  const answer = await applyAvailability(tx, doctorId, input);
  const { slotsCreated, slotsRemoved, conflicts } = answer;
  await audit(tx, actor, {
    action: "availability.updated",
    entityType: "doctor",
    entityId: doctorId,
    detail: { slotsCreated, slotsRemoved, conflicts: conflicts.length },
  });
  return answer;
}

/** Does the work of `setAvailability` without the audit entry, which the seed does not write. */
export async function applyAvailability(
  tx: Tx,
  doctorId: string,
  input: AvailabilityChange,
): Promise<AvailabilityAnswer> {
  const { now, until, furthest } = await readPlanContext(tx, doctorId, input.horizonDays);
  const hours = { ...input, exceptions: upcomingExceptions(input, now) };
  const version = await saveHours(tx, doctorId, hours, until);
  const newSlots = slotsOf(hours, now, until);
  const slotsRemoved = await removeOldSlots(tx, { doctorId, now, furthest, hours, newSlots });
  const slotsCreated = await openSlots(
    tx,
    newSlots.map((span) => ({ doctorId, ...span })),
  );
  const conflictingBookings = await listConflicts(doctorId, tx);
  const conflicts = conflictingBookings.map(({ id }) => id);
  return {
    ...hours,
    doctorId,
    version,
    slotsCreated,
    slotsRemoved,
    conflicts,
    conflictingBookings,
  };
}

/**
 * Stores the hours if their version is still the one that the caller read. Two changes of one doctor's
 * hours update the same row, so one of them waits or fails.
 * @returns the new version. @throws STALE_VERSION.
 */
async function saveHours(tx: Tx, doctorId: string, input: AvailabilityChange, until: Date) {
  const { timezone, rules, exceptions, horizonDays, minimumNoticeMinutes: notice } = input;
  const readVersion = input.version ?? null;
  const [row] = await tx.$queryRaw<Array<{ version: number }>>`
    WITH saved AS (
      INSERT INTO availability_rules AS r
             (doctor_id, timezone, rules, exceptions, horizon_days, open_until)
      SELECT ${doctorId}::uuid, ${timezone}, ${JSON.stringify(rules)}::jsonb,
             ${JSON.stringify(exceptions)}::jsonb, ${horizonDays}::int, ${until}::timestamptz
       WHERE coalesce(${readVersion}::int, 0) = 0
          OR EXISTS (SELECT FROM availability_rules WHERE doctor_id = ${doctorId}::uuid)
      ON CONFLICT (doctor_id) DO UPDATE
         SET timezone = excluded.timezone, rules = excluded.rules, exceptions = excluded.exceptions,
             horizon_days = excluded.horizon_days, open_until = excluded.open_until,
             version = r.version + 1, updated_at = app_now()
       WHERE ${readVersion}::int IS NULL OR r.version = ${readVersion}::int
      RETURNING r.version),
    doctor AS (
      UPDATE doctors SET timezone = ${timezone}, minimum_notice_minutes = ${notice}::int
       WHERE id = ${doctorId}::uuid AND EXISTS (SELECT FROM saved)
         AND (timezone, minimum_notice_minutes) IS DISTINCT FROM (${timezone}::text, ${notice}::int))
    SELECT version FROM saved`;
  if (row) return row.version;
  throw new AppError("STALE_VERSION", { current: await getAvailability(doctorId, tx) });
}

/**
 * Withdraws the free slots that the new hours do not contain. Marks held and booked slots outside of the
 * hours as closing: a trigger withdraws them when they become free.
 * @returns how many slots were withdrawn.
 */
async function removeOldSlots(tx: Tx, plan: Plan): Promise<number> {
  const [row] = await tx.$queryRaw<Array<{ removed: number }>>`
    WITH ${compareSlotsSql(plan)},
    withdrawn AS (
      UPDATE availability_slots s SET withdrawn_at = ${plan.now}, from_rules = false
        FROM compared c WHERE s.id = c.id AND c.leaving
      RETURNING s.id),
    marked AS (
      UPDATE availability_slots s SET closing = c.outside
        FROM compared c WHERE s.id = c.id AND c.changeable AND c.status <> 'AVAILABLE' AND c.closing <> c.outside)
    SELECT count(*)::int AS removed FROM withdrawn`;
  return row?.removed ?? 0;
}
