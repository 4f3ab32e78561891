import { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { isoSql } from "../../platform/sql";
import { getAvailability } from "../queries";
import { slotsOf, upcomingExceptions } from "../rules";
import type { AvailabilityAnswer, AvailabilityChange } from "../schema";
import { compareSlotsSql, readPlanContext, unblockedSql } from "./plan";

type Outcome = Pick<AvailabilityAnswer, "slotsCreated" | "slotsRemoved" | "conflictingBookings">;

/** The doctors whose preview is running in this process. */
const running = new Set<string>();

const alreadyRunning = () => new AppError("RATE_LIMITED", { retryAfterSeconds: 1 });

/**
 * Computes what new hours would change, with the same comparison that the change uses. Writes nothing and
 * locks no row. A doctor has one preview at a time: a set ensures it within this process, and an advisory
 * lock, which the statement releases at its end, among processes.
 *
 * @throws STALE_VERSION as the change does; RATE_LIMITED while another preview of this doctor runs.
 */
export async function previewAvailability(
  doctorId: string,
  input: AvailabilityChange,
): Promise<AvailabilityAnswer> {
  if (running.has(doctorId)) throw alreadyRunning();
  running.add(doctorId);
  try {
    return await preview(doctorId, input);
  } finally {
    running.delete(doctorId);
  }
}

async function preview(doctorId: string, input: AvailabilityChange): Promise<AvailabilityAnswer> {
  const { now, until, furthest, version } = await readPlanContext(db, doctorId, input.horizonDays);
  if (input.version !== undefined && input.version !== version) {
    throw new AppError("STALE_VERSION", { current: await getAvailability(doctorId) });
  }
  const hours = { ...input, exceptions: upcomingExceptions(input, now) };
  const newSlots = slotsOf(hours, now, until);
  // CASE computes the counts only if this statement acquired the lock.
  const [row] = await db.$queryRaw<Array<{ outcome: Outcome | null }>>`
    WITH lock AS MATERIALIZED (
      SELECT pg_try_advisory_xact_lock(hashtextextended('availability.preview ' || ${doctorId}, 0)) AS is_acquired),
    ${compareSlotsSql({ doctorId, now, furthest, hours, newSlots })},
    wanted AS (SELECT ${doctorId}::uuid AS doctor_id, n.* FROM new_slots n),
    opening AS (${unblockedSql}),
    conflicts AS (
      SELECT jsonb_agg(jsonb_build_object('id', b.id, 'startsAt', ${isoSql(Prisma.sql`b.starts_at`)},
               'endsAt', ${isoSql(Prisma.sql`b.ends_at`)}) ORDER BY b.starts_at) AS list
        FROM compared c
        JOIN bookings b ON b.slot_id = c.id AND b.status IN ('PENDING', 'CONFIRMED')
       WHERE c.outside)
    SELECT CASE WHEN lock.is_acquired THEN (SELECT jsonb_build_object(
             'slotsCreated', (SELECT count(*) FROM opening),
             'slotsRemoved', (SELECT count(*) FROM compared WHERE leaving),
             'conflictingBookings', (SELECT coalesce(list, '[]') FROM conflicts))) END AS outcome
      FROM lock`;
  if (!row?.outcome) throw alreadyRunning();
  const { conflictingBookings } = row.outcome;
  const conflicts = conflictingBookings.map(({ id }) => id);
  return { ...hours, ...row.outcome, doctorId, version, conflicts };
}
