import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { inTransaction, type Tx } from "../../platform/transaction";
import { listConflicts } from "../queries";
import { daysOff, type Span, slotsOf } from "../rules";
import type { Availability, AvailabilityAnswer, Hours } from "../schema";
import { isoOf, openSlots } from "./slots";

/** Puts a doctor's hours in place of the earlier ones and makes their slots anew. */
export async function setAvailability(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  input: Availability,
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

/** Carries the answer of a change that is not kept out of its transaction. */
class Undo extends Error {
  constructor(readonly answer: AvailabilityAnswer) {
    super("rolled back on purpose");
  }
}

/** What new hours would change: the change itself, rolled back, so that the two cannot differ. */
export async function previewAvailability(
  doctorId: string,
  input: Availability,
): Promise<AvailabilityAnswer> {
  try {
    return await inTransaction(async (tx) => {
      throw new Undo(await applyAvailability(tx, doctorId, input));
    });
  } catch (error) {
    if (error instanceof Undo) return error.answer;
    throw error;
  }
}

/** The change without its audit entry: what `setAvailability` keeps, a preview drops and the seed begins with. */
export async function applyAvailability(
  tx: Tx,
  doctorId: string,
  input: Availability,
): Promise<AvailabilityAnswer> {
  const { now, until, furthest } = await saveHours(tx, doctorId, input);
  const fitting = slotsOf(input, now, furthest);
  const slotsRemoved = await closeMisfits(tx, doctorId, { now, until, fitting, hours: input });
  const open = fitting.filter(({ startsAt }) => startsAt < until);
  const slotsCreated = await openSlots(
    tx,
    open.map((span) => ({ doctorId, ...span })),
  );
  const conflictingBookings = await listConflicts(doctorId, tx);
  const conflicts = conflictingBookings.map(({ id }) => id);
  return { ...input, doctorId, slotsCreated, slotsRemoved, conflicts, conflictingBookings };
}

/**
 * Stores the hours; the row is also what two changes of one doctor's hours meet at.
 * @returns the transaction's time, the horizon, and how far slots of earlier hours reach: a booking
 *   beyond a horizon that was drawn in is still within the hours.
 */
async function saveHours(tx: Tx, doctorId: string, input: Availability) {
  const { timezone, rules, exceptions, horizonDays, minimumNoticeMinutes: notice } = input;
  const [row] = await tx.$queryRaw<Array<{ now: Date; until: Date; furthest: Date }>>`
    WITH doctor AS (
      UPDATE doctors SET timezone = ${timezone}, minimum_notice_minutes = ${notice}::int
       WHERE id = ${doctorId}::uuid
         AND (timezone, minimum_notice_minutes) IS DISTINCT FROM (${timezone}::text, ${notice}::int))
    INSERT INTO availability_rules (doctor_id, timezone, rules, exceptions, horizon_days, open_until)
    VALUES (${doctorId}::uuid, ${timezone}, ${JSON.stringify(rules)}::jsonb,
            ${JSON.stringify(exceptions)}::jsonb, ${horizonDays}::int,
            app_now() + make_interval(days => ${horizonDays}::int))
    ON CONFLICT (doctor_id) DO UPDATE
       SET timezone = excluded.timezone, rules = excluded.rules, exceptions = excluded.exceptions,
           horizon_days = excluded.horizon_days, open_until = excluded.open_until, updated_at = app_now()
    RETURNING app_now() AS now, open_until AS until, greatest(open_until, (
      SELECT s.ends_at FROM availability_slots s
       WHERE s.doctor_id = ${doctorId}::uuid AND s.from_rules
       ORDER BY s.starts_at DESC LIMIT 1)) AS furthest`;
  if (!row) throw new Error("an upsert returned no row");
  return row;
}

/**
 * Takes back the free slots that the hours no longer make, those beyond the horizon, and on days off
 * the ones made by hand too. What once was booked is kept as withdrawn, everything else goes. Claimed
 * slots stay: those outside of the hours are marked, and a trigger withdraws them once they are free.
 * @returns how many are gone.
 */
async function closeMisfits(
  tx: Tx,
  doctorId: string,
  { now, until, fitting, hours }: { now: Date; until: Date; fitting: Span[]; hours: Hours },
): Promise<number> {
  const off = daysOff(hours, now);
  const [row] = await tx.$queryRaw<Array<{ removed: number }>>`
    WITH fits AS (
      SELECT * FROM unnest(${isoOf(fitting.map((span) => span.startsAt))}::text[]::timestamptz[],
                           ${isoOf(fitting.map((span) => span.endsAt))}::text[]::timestamptz[])
        AS f(starts_at, ends_at)),
    off AS (
      SELECT * FROM unnest(${isoOf(off.map((span) => span.startsAt))}::text[]::timestamptz[],
                           ${isoOf(off.map((span) => span.endsAt))}::text[]::timestamptz[])
        AS o(starts_at, ends_at)),
    standing AS (
      SELECT s.id, s.status, s.closing, s.from_rules AND s.starts_at >= ${until} AS beyond,
             (s.from_rules AND f.starts_at IS NULL) OR EXISTS (
               SELECT FROM off o WHERE o.starts_at <= s.starts_at AND s.starts_at < o.ends_at) AS outside
        FROM availability_slots s
        LEFT JOIN fits f ON f.starts_at = s.starts_at AND f.ends_at = s.ends_at
       WHERE s.doctor_id = ${doctorId}::uuid AND s.starts_at >= ${now} AND s.withdrawn_at IS NULL),
    leaving AS (
      SELECT t.id, EXISTS (SELECT FROM bookings b WHERE b.slot_id = t.id) AS was_booked
        FROM standing t WHERE t.status = 'AVAILABLE' AND (t.outside OR t.beyond)),
    deleted AS (
      DELETE FROM availability_slots s USING leaving l WHERE s.id = l.id AND NOT l.was_booked
      RETURNING s.id),
    withdrawn AS (
      UPDATE availability_slots s SET withdrawn_at = ${now}, from_rules = false
        FROM leaving l WHERE s.id = l.id AND l.was_booked
      RETURNING s.id),
    marked AS (
      UPDATE availability_slots s SET closing = t.outside
        FROM standing t WHERE s.id = t.id AND t.status <> 'AVAILABLE' AND t.closing <> t.outside)
    SELECT ((SELECT count(*) FROM deleted) + (SELECT count(*) FROM withdrawn))::int AS removed`;
  return row?.removed ?? 0;
}
