import { Prisma } from "@/generated/prisma/client";
import type { Tx } from "../../platform/transaction";
import { daysOff, type Span, stretchesOf } from "../rules";
import type { Hours } from "../schema";

/** Instants as SQL takes them in an array. */
export const isoOf = (instants: Date[]) => instants.map((instant) => instant.toISOString());

/** Spans as a relation of SQL with `starts_at` and `ends_at`. */
const spansInSql = (spans: Span[]) => Prisma.sql`
  SELECT * FROM unnest(${isoOf(spans.map(({ startsAt }) => startsAt))}::text[]::timestamptz[],
                       ${isoOf(spans.map(({ endsAt }) => endsAt))}::text[]::timestamptz[])
    AS span(starts_at, ends_at)`;

/** What a change of hours begins with: the database's time, the version, and how far slots reach. */
export type Before = { now: Date; until: Date; furthest: Date; version: number };

/**
 * Reads what a change to `horizonDays` begins with. `furthest` is where slots of earlier hours end: a
 * booking beyond a horizon that was drawn in is still within the hours.
 */
export async function readBefore(tx: Tx, doctorId: string, horizonDays: number): Promise<Before> {
  const [row] = await tx.$queryRaw<Before[]>`
    WITH t AS (SELECT app_now() AS now, app_now() + make_interval(days => ${horizonDays}::int) AS until)
    SELECT t.now, t.until,
           greatest(t.until, (
             SELECT s.ends_at FROM availability_slots s
              WHERE s.doctor_id = ${doctorId}::uuid AND s.from_rules
              ORDER BY s.starts_at DESC LIMIT 1)) AS furthest,
           coalesce((SELECT r.version FROM availability_rules r WHERE r.doctor_id = ${doctorId}::uuid), 0) AS version
      FROM t`;
  if (!row) throw new Error("a query without conditions returned no row");
  return row;
}

/** What new hours are compared with the slots by. `fitting` are the slots that they make. */
export type Plan = { doctorId: string; now: Date; furthest: Date; hours: Hours; fitting: Span[] };

/**
 * The doctor's slots, each with what new hours do to it. A free one is `leaving` where the hours do
 * not make it any more, or on a day off, where those made by hand go too. A claimed one stays, and is
 * `outside` where its time is not within the hours: one that is only off the new grid is no conflict.
 * `blocking` is all that keeps a new slot from being opened across it.
 */
export const judgedSlots = ({ doctorId, now, furthest, hours, fitting }: Plan) => Prisma.sql`
  fits AS MATERIALIZED (${spansInSql(fitting)}),
  opened AS MATERIALIZED (
    SELECT range_agg(tstzrange(o.starts_at, o.ends_at)) AS hours
      FROM (${spansInSql(stretchesOf(hours, now, furthest).filter(isLong))}) o),
  off AS MATERIALIZED (
    SELECT range_agg(tstzrange(o.starts_at, o.ends_at)) AS days
      FROM (${spansInSql(daysOff(hours, now))}) o),
  standing AS MATERIALIZED (
    SELECT s.id, s.starts_at, s.ends_at, s.status, s.closing, s.from_rules, s.withdrawn_at,
           s.withdrawn_at IS NULL AND s.starts_at >= ${now} AS changeable,
           coalesce(s.starts_at <@ off.days, false) AS on_day_off,
           coalesce(tstzrange(s.starts_at, s.ends_at) <@ opened.hours, false) AS within,
           f.starts_at IS NOT NULL AS fits
      FROM opened CROSS JOIN off CROSS JOIN availability_slots s
      LEFT JOIN fits f ON f.starts_at = s.starts_at AND f.ends_at = s.ends_at
     WHERE s.doctor_id = ${doctorId}::uuid AND s.starts_at > ${now}::timestamptz - interval '4 hours'
       AND (s.withdrawn_at IS NULL OR s.from_rules)),
  judged AS MATERIALIZED (
    SELECT *, changeable AND status = 'AVAILABLE' AND (on_day_off OR from_rules AND NOT fits) AS leaving,
           changeable AND status <> 'AVAILABLE' AND (on_day_off OR from_rules AND NOT within) AS outside
      FROM standing),
  blocking AS (SELECT ${doctorId}::uuid AS doctor_id, starts_at, ends_at FROM judged WHERE NOT leaving)`;

/** A stretch of no length, inside of an hour that the clock skips, is no range. */
const isLong = ({ startsAt, endsAt }: Span) => startsAt < endsAt;

/**
 * The rows of `wanted` that no row of `blocking` overlaps. One sorted pass: of all that starts before
 * a wanted slot ends, the latest end decides. Both relations have `doctor_id`, `starts_at`, `ends_at`.
 */
export const unblocked = Prisma.sql`
  SELECT doctor_id, starts_at, ends_at FROM (
    SELECT *, max(ends_at) FILTER (WHERE NOT is_wanted) OVER (
                PARTITION BY doctor_id ORDER BY place, is_wanted DESC ROWS UNBOUNDED PRECEDING) AS busy_until
      FROM (SELECT doctor_id, starts_at, ends_at, ends_at AS place, true AS is_wanted FROM wanted
            UNION ALL
            SELECT doctor_id, starts_at, ends_at, starts_at, false FROM blocking) both_kinds) marked
   WHERE is_wanted AND (busy_until IS NULL OR busy_until <= starts_at)`;
