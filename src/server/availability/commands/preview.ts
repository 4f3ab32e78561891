import { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { isoSql } from "../../platform/sql";
import { getAvailability } from "../queries";
import { comingExceptions, slotsOf } from "../rules";
import type { AvailabilityAnswer, AvailabilityChange } from "../schema";
import { judgedSlots, readBefore, unblocked } from "./plan";

type Outcome = Pick<AvailabilityAnswer, "slotsCreated" | "slotsRemoved" | "conflictingBookings">;

/** Doctors whose preview this process is making. */
const running = new Set<string>();

const busy = () => new AppError("RATE_LIMITED", { retryAfterSeconds: 1 });

/**
 * What new hours would change, by the same judgement that the change itself uses. It writes nothing
 * and takes no row's lock. One at a time a doctor: in this process by a set, among processes by an
 * advisory lock that ends with the statement.
 *
 * @throws STALE_VERSION as the change would; RATE_LIMITED while another preview of this doctor runs.
 */
export async function previewAvailability(
  doctorId: string,
  input: AvailabilityChange,
): Promise<AvailabilityAnswer> {
  if (running.has(doctorId)) throw busy();
  running.add(doctorId);
  try {
    return await preview(doctorId, input);
  } finally {
    running.delete(doctorId);
  }
}

async function preview(doctorId: string, input: AvailabilityChange): Promise<AvailabilityAnswer> {
  const { now, until, furthest, version } = await readBefore(db, doctorId, input.horizonDays);
  if (input.version !== undefined && input.version !== version) {
    throw new AppError("STALE_VERSION", { current: await getAvailability(doctorId) });
  }
  const hours = { ...input, exceptions: comingExceptions(input, now) };
  const fitting = slotsOf(hours, now, until);
  // CASE asks for the counts only where the lock is ours.
  const [row] = await db.$queryRaw<Array<{ outcome: Outcome | null }>>`
    WITH lock AS MATERIALIZED (
      SELECT pg_try_advisory_xact_lock(hashtextextended('availability.preview ' || ${doctorId}, 0)) AS mine),
    ${judgedSlots({ doctorId, now, furthest, hours, fitting })},
    wanted AS (SELECT ${doctorId}::uuid AS doctor_id, f.* FROM fits f),
    opening AS (${unblocked}),
    conflicts AS (
      SELECT jsonb_agg(jsonb_build_object('id', b.id, 'startsAt', ${isoSql(Prisma.sql`b.starts_at`)},
               'endsAt', ${isoSql(Prisma.sql`b.ends_at`)}) ORDER BY b.starts_at) AS list
        FROM judged j
        JOIN bookings b ON b.slot_id = j.id AND b.status IN ('PENDING', 'CONFIRMED')
       WHERE j.outside)
    SELECT CASE WHEN lock.mine THEN (SELECT jsonb_build_object(
             'slotsCreated', (SELECT count(*) FROM opening),
             'slotsRemoved', (SELECT count(*) FROM judged WHERE leaving),
             'conflictingBookings', (SELECT coalesce(list, '[]') FROM conflicts))) END AS outcome
      FROM lock`;
  if (!row?.outcome) throw busy();
  const { conflictingBookings } = row.outcome;
  const conflicts = conflictingBookings.map(({ id }) => id);
  return { ...hours, ...row.outcome, doctorId, version, conflicts };
}
