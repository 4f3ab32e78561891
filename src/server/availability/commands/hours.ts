import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { getAvailability, listConflicts } from "../queries";
import { comingExceptions, slotsOf } from "../rules";
import type { AvailabilityAnswer, AvailabilityChange } from "../schema";
import { judgedSlots, type Plan, readBefore } from "./plan";
import { openSlots } from "./slots";

/**
 * Puts a doctor's hours in place of the earlier ones and makes their slots anew.
 * @throws STALE_VERSION, with what is stored now, where another change came first.
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

/** The change without its audit entry: what `setAvailability` keeps and the seed begins with. */
export async function applyAvailability(
  tx: Tx,
  doctorId: string,
  input: AvailabilityChange,
): Promise<AvailabilityAnswer> {
  const { now, until, furthest } = await readBefore(tx, doctorId, input.horizonDays);
  const hours = { ...input, exceptions: comingExceptions(input, now) };
  const version = await saveHours(tx, doctorId, hours, until);
  const fitting = slotsOf(hours, now, until);
  const slotsRemoved = await closeMisfits(tx, { doctorId, now, furthest, hours, fitting });
  const slotsCreated = await openSlots(
    tx,
    fitting.map((span) => ({ doctorId, ...span })),
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
 * Stores the hours where the version is still the one that was read; the row is also what two changes
 * of one doctor's hours meet at. @returns the new version. @throws STALE_VERSION.
 */
async function saveHours(tx: Tx, doctorId: string, input: AvailabilityChange, until: Date) {
  const { timezone, rules, exceptions, horizonDays, minimumNoticeMinutes: notice } = input;
  const read = input.version ?? null;
  const [row] = await tx.$queryRaw<Array<{ version: number }>>`
    WITH saved AS (
      INSERT INTO availability_rules AS r
             (doctor_id, timezone, rules, exceptions, horizon_days, open_until)
      SELECT ${doctorId}::uuid, ${timezone}, ${JSON.stringify(rules)}::jsonb,
             ${JSON.stringify(exceptions)}::jsonb, ${horizonDays}::int, ${until}::timestamptz
       WHERE coalesce(${read}::int, 0) = 0
          OR EXISTS (SELECT FROM availability_rules WHERE doctor_id = ${doctorId}::uuid)
      ON CONFLICT (doctor_id) DO UPDATE
         SET timezone = excluded.timezone, rules = excluded.rules, exceptions = excluded.exceptions,
             horizon_days = excluded.horizon_days, open_until = excluded.open_until,
             version = r.version + 1, updated_at = app_now()
       WHERE ${read}::int IS NULL OR r.version = ${read}::int
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
 * Takes back the free slots that leave, and marks the claimed ones outside of the hours: a trigger
 * takes those back once they are free. @returns how many are gone.
 */
async function closeMisfits(tx: Tx, plan: Plan): Promise<number> {
  const [row] = await tx.$queryRaw<Array<{ removed: number }>>`
    WITH ${judgedSlots(plan)},
    withdrawn AS (
      UPDATE availability_slots s SET withdrawn_at = ${plan.now}, from_rules = false
        FROM judged j WHERE s.id = j.id AND j.leaving
      RETURNING s.id),
    marked AS (
      UPDATE availability_slots s SET closing = j.outside
        FROM judged j WHERE s.id = j.id AND j.changeable AND j.status <> 'AVAILABLE' AND j.closing <> j.outside)
    SELECT count(*)::int AS removed FROM withdrawn`;
  return row?.removed ?? 0;
}
