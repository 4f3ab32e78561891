import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { hasConsent } from "../accounts/queries/consents";
import { openProfiles } from "../accounts/queries/profile";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../platform/page";
import { openTexts } from "../platform/phi";
import { clinicDay } from "../platform/schema";
import type { Tx } from "../platform/transaction";
import {
  ageOn,
  type BookingScope,
  cancellationPercent,
  checkoutUrl,
  doctorIsLate,
  freeMinutes,
  type PolicyTier,
  refundOf,
  refundSteps,
} from "./rules";
import type { Booking, CancellationQuote, DoctorBooking, ListBookings } from "./schema";

type Row = {
  id: string;
  status: Booking["status"];
  doctor_id: string;
  slot_id: string;
  patient_id: string;
  patient_name: string;
  starts_at: Date;
  ends_at: Date;
  price_amount: number;
  hold_expires_at: Date;
  /** Null for whoever may not read it. */
  reason: Uint8Array | null;
  reason_withheld: boolean;
  created_at: Date;
  cancelled_by: Booking["cancelledBy"];
  doctor_name: string;
  specializations: string[];
  payment_id: string;
  payment_status: Booking["payment"]["status"];
  payment_amount: number;
  provider: string;
  consultation_id: string | null;
  consultation_status: NonNullable<Booking["consultation"]>["status"] | null;
  refunded: number;
  refunded_by_clinic: number;
  refund_amount: number | null;
  refund_status: NonNullable<Booking["refund"]>["status"] | null;
};

/** The scope as a condition on `bookings b`. */
export function within(scope: BookingScope): Prisma.Sql {
  if (scope === "all") return Prisma.sql`true`;
  return "patientId" in scope
    ? Prisma.sql`b.patient_id = ${scope.patientId}::uuid`
    : Prisma.sql`b.doctor_id = ${scope.doctorId}::uuid`;
}

const isAgreed = hasConsent("consultation", Prisma.sql`b.patient_id`);

/** Who reads what a patient wrote: they themselves, and their doctor while the consent is in force. */
function mayReadReason(scope: BookingScope): Prisma.Sql {
  if (scope === "all") return Prisma.sql`false`;
  return "patientId" in scope ? Prisma.sql`true` : isAgreed;
}

async function readBookings(
  scope: BookingScope,
  where: Prisma.Sql,
  order: Prisma.Sql,
  tx: Tx,
): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT b.id, b.status::text AS status, b.doctor_id, b.slot_id, b.patient_id, u.name AS patient_name,
           b.starts_at, b.ends_at, b.price_amount, b.hold_expires_at, b.created_at,
           CASE WHEN ${mayReadReason(scope)} THEN b.reason END AS reason,
           b.reason IS NOT NULL AND NOT ${isAgreed} AS reason_withheld,
           b.cancelled_by::text AS cancelled_by,
           d.name AS doctor_name, d.specializations,
           p.id AS payment_id, p.status::text AS payment_status, p.amount AS payment_amount, p.provider,
           c.id AS consultation_id, c.status::text AS consultation_status,
           p.refunded_amount AS refunded, coalesce(r.by_clinic, 0)::int AS refunded_by_clinic,
           r.amount AS refund_amount, r.status AS refund_status
      FROM bookings b
      JOIN doctors d ON d.id = b.doctor_id
      JOIN users u ON u.id = b.patient_id
      JOIN payments p ON p.booking_id = b.id
      LEFT JOIN consultations c ON c.booking_id = b.id
      LEFT JOIN LATERAL (
        SELECT sum(amount) FILTER (WHERE reason = 'gateway') AS by_clinic,
               (array_agg(amount ORDER BY created_at DESC) FILTER (WHERE reason <> 'gateway'))[1] AS amount,
               (array_agg(status::text ORDER BY created_at DESC) FILTER (WHERE reason <> 'gateway'))[1] AS status
          FROM refunds WHERE payment_id = p.id) r ON true
     WHERE ${where} ${order}`;
}

async function reasons(rows: Row[], tx: Tx): Promise<Array<string | null>> {
  return openTexts(
    rows.map((row) => ({
      place: { table: "bookings", column: "reason", rowId: row.id, ownerId: row.patient_id },
      sealed: row.reason,
    })),
    tx,
  );
}

const inr = (amount: number) => ({ amount, currency: "INR" as const });

function toBooking(row: Row, reason: string | null): Booking {
  return {
    id: row.id,
    status: row.status,
    doctorId: row.doctor_id,
    slotId: row.slot_id,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    price: inr(row.price_amount),
    holdExpiresAt: row.status === "PENDING" ? row.hold_expires_at.toISOString() : null,
    reason,
    reasonWithheld: row.reason_withheld,
    createdAt: row.created_at.toISOString(),
    cancelledBy: row.cancelled_by,
    doctor: { id: row.doctor_id, name: row.doctor_name, specializations: row.specializations },
    payment: {
      id: row.payment_id,
      status: row.payment_status,
      amount: inr(row.payment_amount),
      provider: row.provider,
      refunded: inr(row.refunded),
      refundedByClinic: inr(row.refunded_by_clinic),
      checkoutUrl:
        row.status === "PENDING" ? checkoutUrl(env.APP_URL, row.provider, row.payment_id) : null,
    },
    consultation:
      row.consultation_id && row.consultation_status
        ? { id: row.consultation_id, status: row.consultation_status }
        : null,
    refund:
      row.refund_amount && row.refund_status
        ? { amount: inr(row.refund_amount), status: row.refund_status }
        : null,
  };
}

/** One booking of the caller's scope. @throws NOT_FOUND for absent and for another's alike. */
export async function getBooking(
  scope: BookingScope,
  bookingId: string,
  tx: Tx = db,
): Promise<Booking> {
  const where = Prisma.sql`b.id = ${bookingId}::uuid AND ${within(scope)}`;
  const [row] = await readBookings(scope, where, Prisma.empty, tx);
  if (!row) throw new AppError("NOT_FOUND");
  const [reason] = await reasons([row], tx);
  return toBooking(row, reason ?? null);
}

type Direction = "ASC" | "DESC";

const bookingList = (input: ListBookings, direction: Direction) =>
  listOf(`bookings ${direction}`, input);

async function listRows(scope: BookingScope, input: ListBookings, direction: Direction) {
  const { status, from, to, limit } = input;
  const key = decodeCursor(
    bookingList(input, direction),
    ([at, id]) => isInstant(at) && isUuid(id),
  );
  const beyond = direction === "ASC" ? Prisma.sql`>` : Prisma.sql`<`;
  const by =
    direction === "ASC" ? Prisma.sql`b.starts_at, b.id` : Prisma.sql`b.starts_at DESC, b.id DESC`;
  const where = Prisma.join(
    [
      within(scope),
      ...(status ? [Prisma.sql`b.status = ${status}::booking_status`] : []),
      ...(from ? [Prisma.sql`b.starts_at >= ${from}::timestamptz`] : []),
      ...(to ? [Prisma.sql`b.starts_at < ${to}::timestamptz`] : []),
      ...(key
        ? [Prisma.sql`(b.starts_at, b.id) ${beyond} (${key[0]}::timestamptz, ${key[1]}::uuid)`]
        : []),
    ],
    " AND ",
  );
  return readBookings(scope, where, Prisma.sql`ORDER BY ${by} LIMIT ${limit + 1}`, db);
}

const keyOf = (row: Row) => [row.starts_at.toISOString(), row.id];

/** The caller's bookings, latest start first. */
export async function listBookings(scope: BookingScope, input: ListBookings) {
  const rows = await listRows(scope, input, "DESC");
  // Patients read their own words here; doctors and admins go through what is on the record.
  const own = scope !== "all" && "patientId" in scope ? await reasons(rows, db) : [];
  const texts = new Map(own.map((text, index) => [rows[index]?.id, text]));
  return toPage(
    rows,
    bookingList(input, "DESC"),
    (row) => toBooking(row, texts.get(row.id) ?? null),
    keyOf,
  );
}

/** A doctor's bookings, earliest start first, each with who is coming. */
export async function listDoctorBookings(doctorId: string, input: ListBookings) {
  const rows = await listRows({ doctorId }, input, "ASC");
  const texts = new Map((await reasons(rows, db)).map((text, index) => [rows[index]?.id, text]));
  const userIds = [...new Set(rows.map((row) => row.patient_id))];
  const profiles = await openProfiles(
    await db.profile.findMany({ where: { userId: { in: userIds } } }),
  );
  const today = clinicDay(clock.now());
  const toItem = (row: Row): DoctorBooking => {
    const { doctor: _doctor, ...rest } = toBooking(row, texts.get(row.id) ?? null);
    const personal = profiles.get(row.patient_id);
    const born = personal?.dateOfBirth;
    return {
      ...rest,
      patient: {
        id: row.patient_id,
        name: row.patient_name,
        age: born ? ageOn(today, born) : null,
        gender: personal?.gender ?? null,
      },
    };
  };
  return toPage(rows, bookingList(input, "ASC"), toItem, keyOf);
}

/**
 * What cancelling would give back now and later: by the terms, or all of it where the clinic cancels.
 * Before it is paid the amounts of later are those that will hold then. @throws NOT_FOUND.
 */
export async function quoteCancellation(
  scope: BookingScope,
  bookingId: string,
): Promise<CancellationQuote> {
  const [row] = await db.$queryRaw<
    Array<{
      status: string;
      price: number;
      tiers: PolicyTier[];
      capPercent: number;
      startsAt: Date;
      paidAt: Date | null;
      gone: number;
      now: Date;
      consultation: string | null;
    }>
  >`
    SELECT b.status::text AS status, b.price_amount AS price, b.cancellation_policy AS tiers,
           b.refund_cap_percent AS "capPercent", b.starts_at AS "startsAt", app_now() AS now,
           p.captured_at AS "paidAt", p.refunded_amount AS gone, c.status::text AS consultation
      FROM bookings b JOIN payments p ON p.booking_id = b.id
      LEFT JOIN consultations c ON c.booking_id = b.id
     WHERE b.id = ${bookingId}::uuid AND ${within(scope)}`;
  if (!row) throw new AppError("NOT_FOUND");
  const { price, gone } = row;
  const isPatients = scope !== "all" && "patientId" in scope;
  const percent = cancellationPercent(isPatients, row);
  const hasBegun = doctorIsLate(row);
  const isOpen = row.status === "PENDING" || row.status === "CONFIRMED";
  return {
    refund: inr(row.status === "CONFIRMED" ? refundOf(price, percent, gone) : 0),
    percent,
    hasBegun,
    tiers: (isOpen && isPatients && !hasBegun ? refundSteps(row) : []).map((step) => ({
      until: step.until.toISOString(),
      percent: step.percent,
      refund: inr(refundOf(price, step.percent, gone)),
    })),
    freeMinutes: freeMinutes(row.tiers),
    capPercent: row.capPercent,
    price: inr(price),
    refunded: inr(gone),
  };
}
