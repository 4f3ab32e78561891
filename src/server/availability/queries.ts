import { Temporal } from "temporal-polyfill";
import { Prisma } from "@/generated/prisma/client";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../platform/page";
import type { Tx } from "../platform/transaction";
import { upcomingExceptions } from "./rules";
import {
  type AvailabilityAnswer,
  type Exception,
  type FreeDaysInput,
  LIMITS,
  type ListOwnSlots,
  type ListSlots,
  type OwnSlot,
  type Rule,
  type Slot,
} from "./schema";

type Row = {
  id: string;
  doctor_id: string;
  starts_at: Date;
  ends_at: Date;
  status: Slot["status"];
};

/** Converts a row to a slot of the API. */
export const toSlot = (row: Row): Slot => ({
  id: row.id,
  doctorId: row.doctor_id,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  status: row.status,
});

/**
 * Lists a bookable doctor's slots from `from` (default: now) to `to` (default: 14 days later), earliest
 * first. Leaves out free slots that start within the doctor's minimum notice, since nobody can book them.
 * @throws NOT_FOUND.
 */
export async function listSlots(input: ListSlots) {
  const { doctorId, from, to, limit } = input;
  const list = listOf("slots", input);
  const key = decodeCursor(list, ([at, id]) => isInstant(at) && isUuid(id));
  const start = from ? Prisma.sql`${from}::timestamptz` : Prisma.sql`app_now()`;
  const rows = await db.$queryRaw<Array<Row & { id: string | null }>>`
    SELECT s.id, d.id AS doctor_id, s.starts_at, s.ends_at, s.status::text AS status
      FROM doctors d
      LEFT JOIN LATERAL (
        SELECT * FROM availability_slots s
         WHERE s.doctor_id = d.id AND s.withdrawn_at IS NULL AND s.starts_at >= ${start}
           AND s.starts_at < ${to ? Prisma.sql`${to}::timestamptz` : Prisma.sql`${start} + interval '14 days'`}
           AND (s.status <> 'AVAILABLE'
             OR s.starts_at > app_now() + make_interval(mins => d.minimum_notice_minutes))
           ${key ? Prisma.sql`AND (s.starts_at, s.id) > (${key[0]}::timestamptz, ${key[1]}::uuid)` : Prisma.empty}
         ORDER BY s.starts_at, s.id LIMIT ${limit + 1}) s ON true
     WHERE d.id = ${doctorId}::uuid AND doctor_is_bookable(d)
     ORDER BY s.starts_at, s.id`;
  if (rows.length === 0) throw new AppError("NOT_FOUND");
  const slots = rows.filter((row) => row.id !== null);
  return toPage(slots, list, toSlot, (row) => [row.starts_at.toISOString(), row.id]);
}

/**
 * Counts the slots of a doctor that can still be booked, for each calendar day of a time zone from `from`
 * to `to` inclusive. Leaves out days without such a slot. @throws NOT_FOUND.
 */
export async function listFreeDays({ doctorId, from, to, timezone }: FreeDaysInput) {
  const first = Temporal.PlainDate.from(from);
  const count = first.until(to).days + 1;
  const days = Array.from({ length: count + 1 }, (_, offset) => first.add({ days: offset }));
  const midnights = days.map((day) => day.toZonedDateTime(timezone).toInstant().toString());
  const rows = await db.$queryRaw<Array<{ day: number | null; free: number }>>`
    SELECT width_bucket(s.starts_at, ${midnights}::timestamptz[]) AS day, count(s.starts_at)::int AS free
      FROM doctors d
      LEFT JOIN availability_slots s ON s.doctor_id = d.id AND s.withdrawn_at IS NULL
       AND s.status = 'AVAILABLE' AND s.starts_at >= ${midnights[0]}::timestamptz
       AND s.starts_at < ${midnights[count]}::timestamptz
       AND s.starts_at > app_now() + make_interval(mins => d.minimum_notice_minutes)
     WHERE d.id = ${doctorId}::uuid AND doctor_is_bookable(d)
     GROUP BY 1 ORDER BY 1`;
  if (rows.length === 0) throw new AppError("NOT_FOUND");
  return rows.flatMap(({ day, free }) => {
    const date = day === null ? undefined : days[day - 1];
    return date ? [{ date: date.toString(), free }] : [];
  });
}

/** Lists a doctor's own slots, earliest first, including those that nobody can book any more. */
export async function listOwnSlots(doctorId: string, input: ListOwnSlots) {
  const { from, to, limit } = input;
  const list = listOf("own slots", input);
  const key = decodeCursor(list, ([at, id]) => isInstant(at) && isUuid(id));
  const rows = await db.$queryRaw<Array<Row & { from_rules: boolean }>>`
    SELECT s.id, s.doctor_id, s.starts_at, s.ends_at, s.status::text AS status, s.from_rules
      FROM availability_slots s
     WHERE s.doctor_id = ${doctorId}::uuid AND s.withdrawn_at IS NULL
       AND s.starts_at >= ${from}::timestamptz AND s.starts_at < ${to}::timestamptz
       ${key ? Prisma.sql`AND (s.starts_at, s.id) > (${key[0]}::timestamptz, ${key[1]}::uuid)` : Prisma.empty}
     ORDER BY s.starts_at, s.id LIMIT ${limit + 1}`;
  const toItem = (row: Row & { from_rules: boolean }): OwnSlot => ({
    ...toSlot(row),
    fromRules: row.from_rules,
  });
  return toPage(rows, list, toItem, (row) => [row.starts_at.toISOString(), row.id]);
}

/** Lists future holds and confirmed bookings outside of the doctor's hours, earliest first. */
export async function listConflicts(
  doctorId: string,
  tx: Tx = db,
): Promise<AvailabilityAnswer["conflictingBookings"]> {
  const rows = await tx.$queryRaw<Array<{ id: string; starts_at: Date; ends_at: Date }>>`
    SELECT b.id, b.starts_at, b.ends_at
      FROM availability_slots s JOIN bookings b ON b.slot_id = s.id AND b.status IN ('PENDING', 'CONFIRMED')
     WHERE s.doctor_id = ${doctorId}::uuid AND s.closing AND s.starts_at >= app_now()
     ORDER BY b.starts_at`;
  return rows.map((row) => ({
    id: row.id,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
  }));
}

/** Reads a doctor's hours. If none are stored, returns an empty week in the doctor's time zone. */
export async function getAvailability(doctorId: string, tx: Tx = db): Promise<AvailabilityAnswer> {
  const doctor = await tx.doctor.findUnique({
    where: { id: doctorId },
    select: { timezone: true, minimumNoticeMinutes: true, hours: true },
  });
  if (!doctor) throw new AppError("NOT_FOUND");
  const { hours } = doctor;
  const conflictingBookings = hours ? await listConflicts(doctorId, tx) : [];
  const timezone = hours?.timezone ?? doctor.timezone;
  // Only validated input is written to both columns.
  const rules = (hours?.rules ?? []) as Rule[];
  const exceptions = (hours?.exceptions ?? []) as Exception[];
  return {
    doctorId,
    version: hours?.version ?? 0,
    timezone,
    rules,
    exceptions: upcomingExceptions({ timezone, rules, exceptions }, clock.now()),
    minimumNoticeMinutes: doctor.minimumNoticeMinutes,
    horizonDays: hours?.horizonDays ?? LIMITS.horizonDays.default,
    slotsCreated: 0,
    slotsRemoved: 0,
    conflicts: conflictingBookings.map(({ id }) => id),
    conflictingBookings,
  };
}
