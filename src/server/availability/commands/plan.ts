import { Prisma } from "@/generated/prisma/client";
import type { Tx } from "../../platform/transaction";
import { daysOff, openStretches, type Span } from "../rules";
import type { Hours } from "../schema";

/** Formats instants for an array parameter of SQL. */
export const isoStrings = (instants: Date[]) => instants.map((instant) => instant.toISOString());

/** Builds a query that returns the spans as rows of `starts_at` and `ends_at`. */
const spansSql = (spans: Span[]) => Prisma.sql`
  SELECT * FROM unnest(${isoStrings(spans.map(({ startsAt }) => startsAt))}::text[]::timestamptz[],
                       ${isoStrings(spans.map(({ endsAt }) => endsAt))}::text[]::timestamptz[])
    AS span(starts_at, ends_at)`;

type PlanContext = {
  /** The database's time. */
  now: Date;
  /** The end of the new horizon. */
  until: Date;
  /**
   * The later of `until` and the end of the last slot that the hours have produced. A new horizon can be
   * shorter than the old one. The hours are compared until here, so that a booking after the new horizon is
   * not reported as outside of the hours.
   */
  furthest: Date;
  /** The version of the stored hours; 0 if there are none. */
  version: number;
};

/** Reads the values of the database that a change of hours is computed from. */
export async function readPlanContext(
  tx: Tx,
  doctorId: string,
  horizonDays: number,
): Promise<PlanContext> {
  const [row] = await tx.$queryRaw<PlanContext[]>`
    WITH t AS (SELECT app_now() AS now, app_now() + make_interval(days => ${horizonDays}::int) AS until)
    SELECT t.now, t.until,
           greatest(t.until, (
             SELECT s.ends_at FROM availability_slots s
              WHERE s.doctor_id = ${doctorId}::uuid AND s.from_rules
              ORDER BY s.starts_at DESC LIMIT 1)) AS furthest,
           coalesce((SELECT r.version FROM availability_rules r WHERE r.doctor_id = ${doctorId}::uuid), 0) AS version
      FROM t`;
  if (!row) throw new Error("the query for the plan context returned no row");
  return row;
}

/** New hours of a doctor, and the slots that they produce. */
export type Plan = { doctorId: string; now: Date; furthest: Date; hours: Hours; newSlots: Span[] };

/**
 * Builds the common table expressions that compare a doctor's slots with new hours.
 *
 * - `new_slots`: the slots that the new hours produce.
 * - `compared`: the existing slots, with two flags. `leaving` marks a free slot that the change withdraws:
 *   a slot on a day off, or a slot from the old hours that the new hours do not produce. `outside` marks a
 *   held or booked slot that is a conflict: a slot on a day off, or a slot from the old hours whose time is
 *   not within the new hours. Within the new hours, a slot that equals no new slot is not a conflict.
 * - `blocking`: the slots that a new slot must not overlap.
 */
export const compareSlotsSql = ({ doctorId, now, furthest, hours, newSlots }: Plan) => Prisma.sql`
  new_slots AS MATERIALIZED (${spansSql(newSlots)}),
  opened AS MATERIALIZED (
    SELECT range_agg(tstzrange(o.starts_at, o.ends_at)) AS hours
      FROM (${spansSql(openStretches(hours, now, furthest).filter(hasLength))}) o),
  off AS MATERIALIZED (
    SELECT range_agg(tstzrange(o.starts_at, o.ends_at)) AS days
      FROM (${spansSql(daysOff(hours, now))}) o),
  existing AS MATERIALIZED (
    SELECT s.id, s.starts_at, s.ends_at, s.status, s.closing, s.from_rules, s.withdrawn_at,
           s.withdrawn_at IS NULL AND s.starts_at >= ${now} AS changeable,
           coalesce(s.starts_at <@ off.days, false) AS on_day_off,
           coalesce(tstzrange(s.starts_at, s.ends_at) <@ opened.hours, false) AS within,
           n.starts_at IS NOT NULL AS fits
      FROM opened CROSS JOIN off CROSS JOIN availability_slots s
      LEFT JOIN new_slots n ON n.starts_at = s.starts_at AND n.ends_at = s.ends_at
     WHERE s.doctor_id = ${doctorId}::uuid AND s.starts_at > ${now}::timestamptz - interval '4 hours'
       AND (s.withdrawn_at IS NULL OR s.from_rules)),
  compared AS MATERIALIZED (
    SELECT *, changeable AND status = 'AVAILABLE' AND (on_day_off OR from_rules AND NOT fits) AS leaving,
           changeable AND status <> 'AVAILABLE' AND (on_day_off OR from_rules AND NOT within) AS outside
      FROM existing),
  blocking AS (SELECT ${doctorId}::uuid AS doctor_id, starts_at, ends_at FROM compared WHERE NOT leaving)`;

/** Whether a stretch opens any time. A stretch inside an hour that the clock skips has no length. */
const hasLength = ({ startsAt, endsAt }: Span) => startsAt < endsAt;

/**
 * A query for the rows of `wanted` that no row of `blocking` overlaps. Both relations have `doctor_id`,
 * `starts_at` and `ends_at`. The query needs a single sort, because it compares two times only: the start of
 * a wanted row, and the latest end of the blocking rows that start before the wanted row ends.
 */
export const unblockedSql = Prisma.sql`
  SELECT doctor_id, starts_at, ends_at FROM (
    SELECT *, max(ends_at) FILTER (WHERE NOT is_wanted) OVER (
                PARTITION BY doctor_id ORDER BY position, is_wanted DESC ROWS UNBOUNDED PRECEDING) AS busy_until
      FROM (SELECT doctor_id, starts_at, ends_at, ends_at AS position, true AS is_wanted FROM wanted
            UNION ALL
            SELECT doctor_id, starts_at, ends_at, starts_at, false FROM blocking) both_kinds) marked
   WHERE is_wanted AND (busy_until IS NULL OR busy_until <= starts_at)`;
