import { Temporal } from "temporal-polyfill";
import { Prisma } from "@/generated/prisma/client";
import { LOGIN_IS_OWNER } from "../platform/connection";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isUuid, listOf, toPage } from "../platform/page";
import { CLINIC_ZONE } from "../platform/schema";
import type { Attention, Range, Summary, UtilizationInput } from "./schema";

const inr = (amount: number) => ({ amount, currency: "INR" as const });

/** Converts a bound to an instant. A plain date starts at midnight in the clinic's time zone. */
function toInstant(bound: string): string {
  if (bound.includes("T")) return bound;
  return Temporal.PlainDate.from(bound).toZonedDateTime(CLINIC_ZONE).toInstant().toString();
}

const MAX_DAYS = 400;

type Bounds = { start: Prisma.Sql; end: Prisma.Sql };

/** @throws INVALID_INPUT for an empty range or one over 400 days. */
function toBounds({ from, to }: Range): Bounds {
  const [start, end] = [toInstant(from), toInstant(to)];
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000;
  if (days <= 0 || days > MAX_DAYS) throw new AppError("INVALID_INPUT");
  return { start: Prisma.sql`${start}::timestamptz`, end: Prisma.sql`${end}::timestamptz` };
}

const countUsers = () => db.$queryRaw<Array<{ users: number; doctors: number; patients: number }>>`
  SELECT count(*)::int AS users, count(*) FILTER (WHERE role = 'doctor')::int AS doctors,
         count(*) FILTER (WHERE role = 'patient')::int AS patients FROM users`;

type StatusCount = { status: string; count: number; absent: number };

const countBookingsByStatus = ({ start, end }: Bounds) => db.$queryRaw<StatusCount[]>`
  SELECT status::text AS status, count(*)::int AS count,
         count(*) FILTER (WHERE cancelled_by = 'absence')::int AS absent FROM bookings
   WHERE created_at >= ${start} AND created_at < ${end} GROUP BY status`;

type Day = {
  date: string;
  bookings: number;
  consultations: number;
  gross: number;
  refunded: number;
};

/** Counts bookings, consultations and money for each day of the clinic's time zone. */
const countByDay = ({ start, end }: Bounds) => db.$queryRaw<Day[]>`
  WITH facts AS (
    SELECT created_at AS at, 1 AS bookings, 0 AS consultations, 0 AS gross, 0 AS refunded
      FROM bookings WHERE created_at >= ${start} AND created_at < ${end}
    UNION ALL
    SELECT ended_at, 0, 1, 0, 0 FROM consultations
     WHERE status = 'COMPLETED' AND ended_at >= ${start} AND ended_at < ${end}
    UNION ALL
    SELECT captured_at, 0, 0, amount, 0 FROM payments
     WHERE captured_at >= ${start} AND captured_at < ${end}
    UNION ALL
    SELECT created_at, 0, 0, 0, amount FROM refunds
     WHERE created_at >= ${start} AND created_at < ${end})
  SELECT to_char(day, 'YYYY-MM-DD') AS date, coalesce(sum(bookings), 0)::int AS bookings,
         coalesce(sum(consultations), 0)::int AS consultations,
         coalesce(sum(gross), 0)::float8 AS gross, coalesce(sum(refunded), 0)::float8 AS refunded
    FROM generate_series(
           date_trunc('day', ${start} AT TIME ZONE ${CLINIC_ZONE}),
           (${end} AT TIME ZONE ${CLINIC_ZONE}) - interval '1 microsecond', interval '1 day') AS day
    LEFT JOIN facts ON date_trunc('day', at AT TIME ZONE ${CLINIC_ZONE}) = day
   GROUP BY day ORDER BY day`;

/**
 * Counts what happened in a period: bookings created, consultations completed, money captured and
 * refunded. The counts of users are of now. Contains no personal data.
 * @throws INVALID_INPUT for an empty range or one over 400 days.
 */
export async function summary(range: Range): Promise<Summary> {
  const bounds = toBounds(range);
  const [users, byStatus, byDay] = await Promise.all([
    countUsers(),
    countBookingsByStatus(bounds),
    countByDay(bounds),
  ]);
  const sum = (pick: (day: Day) => number) => byDay.reduce((total, day) => total + pick(day), 0);
  const gross = sum((day) => day.gross);
  const refunded = sum((day) => day.refunded);
  return {
    ...(users[0] ?? { users: 0, doctors: 0, patients: 0 }),
    bookings: {
      total: sum((day) => day.bookings),
      byStatus: Object.fromEntries(byStatus.map(({ status, count }) => [status, count])),
      doctorAbsent: byStatus.reduce((total, { absent }) => total + absent, 0),
    },
    consultations: { completed: sum((day) => day.consultations) },
    revenue: { gross: inr(gross), refunded: inr(refunded), net: inr(gross - refunded) },
    byDay: byDay.map((day) => ({
      date: day.date,
      bookings: day.bookings,
      consultations: day.consultations,
      revenue: inr(day.gross - day.refunded),
    })),
  };
}

/** Lists the approved doctors with the share of their slots in a period that is booked. */
export async function utilization(input: UtilizationInput) {
  const { start, end } = toBounds(input);
  const list = listOf("utilization", input);
  const key = decodeCursor(list, ([id]) => isUuid(id));
  const rows = await db.$queryRaw<Array<{ id: string; slots: number; booked: number }>>`
    SELECT d.id, count(s.id)::int AS slots, count(s.id) FILTER (WHERE s.status = 'BOOKED')::int AS booked
      FROM doctors d
      LEFT JOIN availability_slots s ON s.doctor_id = d.id AND s.withdrawn_at IS NULL
       AND s.starts_at >= ${start} AND s.starts_at < ${end}
     WHERE d.status = 'APPROVED' ${key ? Prisma.sql`AND d.id > ${key[0]}::uuid` : Prisma.empty}
     GROUP BY d.id ORDER BY d.id LIMIT ${input.limit + 1}`;
  return toPage(
    rows,
    list,
    ({ id, slots, booked }) => ({
      doctorId: id,
      slots,
      booked,
      utilization: slots === 0 ? 0 : Math.round((booked / slots) * 10_000) / 10_000,
    }),
    (row) => [row.id],
  );
}

/** Counts what no job can solve and an admin must look at. `attention` in schema.ts describes each count. */
export async function attention(): Promise<Attention> {
  const [counts] = await db.$queryRaw<Attention[]>`
    SELECT (SELECT count(*)::int FROM doctors WHERE status = 'PENDING') AS "waitingDoctors",
           (SELECT count(*)::int FROM doctor_changes WHERE status = 'PENDING') AS "waitingChanges",
           (SELECT count(DISTINCT p.id)::int FROM webhook_events e JOIN payments p ON p.id = e.payment_id
             WHERE e.outcome = 'MISMATCH' AND e.type = 'payment.succeeded' AND p.captured_at IS NULL
               AND e.received_at > app_now() - interval '30 days') AS "mismatchedPayments",
           (SELECT count(*)::int FROM refunds WHERE status = 'FAILED') AS "failedRefunds",
           (SELECT count(*)::int FROM webhook_events
             WHERE outcome = 'MISMATCH' AND type = 'refund.succeeded' AND payment_id IS NOT NULL
               AND received_at > app_now() - interval '30 days') AS "mismatchedRefunds",
           (SELECT count(*)::int FROM refunds
             WHERE reason = 'gateway' AND created_at > app_now() - interval '7 days') AS "refundsByClinic",
           (SELECT count(DISTINCT b.id)::int FROM refunds r JOIN payments p ON p.id = r.payment_id
              JOIN bookings b ON b.id = p.booking_id
             WHERE r.reason = 'gateway' AND b.status = 'CONFIRMED' AND b.ends_at > app_now()
               AND p.refunded_amount = p.amount) AS "unpaidConsultations",
           (SELECT count(*)::int FROM consultations c JOIN bookings b ON b.id = c.booking_id
             WHERE c.status = 'ACTIVE' AND b.ends_at < app_now() - interval '1 day') AS "unfinishedConsultations",
           (SELECT count(*)::int FROM job_runs WHERE status = 'FAILED') AS "failedJobs",
           ${Prisma.raw(LOGIN_IS_OWNER)}::int AS "ownerLogins"`;
  if (!counts) throw new Error("the query for the attention counts returned no row");
  return counts;
}
