import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { hasConsent } from "../../accounts/queries/consents";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../../platform/page";
import { openTexts } from "../../platform/phi";
import type { Tx } from "../../platform/transaction";
import { type BookingScope, checkoutUrl, isPatients } from "../rules";
import type { Booking, ListBookings } from "../schema";
import { within } from "./scope";

export type Row = {
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
  /** Null unless the caller is the patient who wrote it. */
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

const isAgreed = hasConsent("consultation", Prisma.sql`b.patient_id`);

async function readRows(
  scope: BookingScope,
  where: Prisma.Sql,
  order: Prisma.Sql,
  tx: Tx,
): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT b.id, b.status::text AS status, b.doctor_id, b.slot_id, b.patient_id, u.name AS patient_name,
           b.starts_at, b.ends_at, b.price_amount, b.hold_expires_at, b.created_at,
           ${isPatients(scope) ? Prisma.sql`b.reason` : Prisma.sql`NULL::bytea`} AS reason,
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

/** Decrypts the reasons of the rows, in their order; null for a row without one. */
const ownReasons = (rows: Row[], tx: Tx): Promise<Array<string | null>> =>
  openTexts(
    rows.map(({ id, patient_id, reason }) => ({
      place: reasonPlace(id, patient_id),
      sealed: reason,
    })),
    tx,
  );

/** Names the place of a booking's reason, to which its encryption is bound. */
export const reasonPlace = (bookingId: string, patientId: string) => ({
  ...{ table: "bookings", column: "reason", rowId: bookingId, ownerId: patientId },
});

const inr = (amount: number) => ({ amount, currency: "INR" as const });

/** Turns a row into the API's booking. */
export function toBooking(row: Row, reason: string | null): Booking {
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

/**
 * Reads one booking of the caller's scope. What the patient wrote is left out for everybody else:
 * `viewBooking` adds it for the doctor and audits that.
 * @throws NOT_FOUND, whether the booking is absent or another's.
 */
export async function getBooking(
  scope: BookingScope,
  bookingId: string,
  tx: Tx = db,
): Promise<Booking> {
  const where = Prisma.sql`b.id = ${bookingId}::uuid AND ${within(scope)}`;
  const [row] = await readRows(scope, where, Prisma.empty, tx);
  if (!row) throw new AppError("NOT_FOUND");
  const [reason] = await ownReasons([row], tx);
  return toBooking(row, reason ?? null);
}

type Direction = "ASC" | "DESC";

export const bookingList = (input: ListBookings, direction: Direction) =>
  listOf(`bookings ${direction}`, input);

export async function listRows(scope: BookingScope, input: ListBookings, direction: Direction) {
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
  return readRows(scope, where, Prisma.sql`ORDER BY ${by} LIMIT ${limit + 1}`, db);
}

export const keyOf = (row: Row) => [row.starts_at.toISOString(), row.id];

/** Lists the caller's bookings, latest start first. Patients get what they wrote; nobody else does. */
export async function listBookings(scope: BookingScope, input: ListBookings) {
  const rows = await listRows(scope, input, "DESC");
  const own = await ownReasons(rows, db);
  const texts = new Map(own.map((text, index) => [rows[index]?.id, text]));
  return toPage(
    rows,
    bookingList(input, "DESC"),
    (row) => toBooking(row, texts.get(row.id) ?? null),
    keyOf,
  );
}
