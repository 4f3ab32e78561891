import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../platform/page";
import { type Checkout, checkout, type ListPayments, type Receipt } from "./schema";

type Row = {
  id: string;
  booking_id: string;
  booking_status: Receipt["bookingStatus"];
  status: Receipt["status"];
  provider: string;
  amount: number;
  refunded_amount: number;
  captured_at: Date | null;
  created_at: Date;
  doctor_name: string;
  registration_number: string;
  patient_name: string;
  starts_at: Date;
  receipt_year: number | null;
  receipt_number: number | null;
  refunds: Array<{
    id: string;
    amount: number;
    status: Receipt["refunds"][number]["status"];
    byClinic: boolean;
    at: string;
  }>;
};

const clinic = (): Receipt["clinic"] => ({
  name: env.CLINIC_NAME,
  address: env.CLINIC_ADDRESS ?? null,
  taxId: env.CLINIC_TAX_ID ?? null,
  email: env.CLINIC_EMAIL ?? null,
  phone: env.CLINIC_PHONE ?? null,
});

const inr = (amount: number) => ({ amount, currency: "INR" as const });

/** Formats a receipt number, "2026-27/000042". Tax law asks for numbers that are unique in a financial year. */
const receiptNumber = ({ receipt_year: year, receipt_number: number }: Row) =>
  year && number
    ? `${year}-${String((year + 1) % 100).padStart(2, "0")}/${String(number).padStart(6, "0")}`
    : null;

const toReceipt = (row: Row): Receipt => ({
  id: row.id,
  number: receiptNumber(row),
  bookingId: row.booking_id,
  bookingStatus: row.booking_status,
  status: row.status,
  provider: row.provider,
  amount: inr(row.amount),
  refunded: inr(row.refunded_amount),
  capturedAt: row.captured_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  clinic: clinic(),
  doctor: { name: row.doctor_name, registrationNumber: row.registration_number },
  patientName: row.patient_name,
  startsAt: row.starts_at.toISOString(),
  refunds: row.refunds.map(({ id, amount, status, byClinic, at }) => ({
    id,
    amount: inr(amount),
    status,
    byClinic,
    requestedAt: new Date(at).toISOString(),
  })),
});

const readPayments = (where: Prisma.Sql, limit: number) => db.$queryRaw<Row[]>`
  SELECT p.id, p.booking_id, b.status::text AS booking_status, p.status::text AS status, p.provider,
         p.amount, p.refunded_amount, p.captured_at, p.created_at, d.name AS doctor_name,
         d.registration_number, u.name AS patient_name, b.starts_at,
         n.year AS receipt_year, n.number AS receipt_number,
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'amount', r.amount,
                            'status', r.status, 'byClinic', r.reason = 'gateway', 'at', r.created_at) ORDER BY r.created_at)
                     FROM refunds r WHERE r.payment_id = p.id), '[]') AS refunds
    FROM payments p JOIN bookings b ON b.id = p.booking_id
    LEFT JOIN receipts n ON n.payment_id = p.id
    JOIN doctors d ON d.id = b.doctor_id JOIN users u ON u.id = b.patient_id
   WHERE ${where} ORDER BY p.created_at DESC, p.id DESC LIMIT ${limit}`;

/** Lists a patient's payments, newest first. */
export async function listPayments(patientId: string, input: ListPayments) {
  const list = listOf("payments", input);
  const key = decodeCursor(list, ([at, id]) => isInstant(at) && isUuid(id));
  const beyond = key
    ? Prisma.sql`AND (p.created_at, p.id) < (${key[0]}::timestamptz, ${key[1]}::uuid)`
    : Prisma.empty;
  const rows = await readPayments(
    Prisma.sql`b.patient_id = ${patientId}::uuid ${beyond}`,
    list.limit + 1,
  );
  return toPage(rows, list, toReceipt, (row) => [row.created_at.toISOString(), row.id]);
}

/** Reads one payment of a patient, as the receipt shows it. @throws NOT_FOUND. */
export async function getReceipt(patientId: string, paymentId: string): Promise<Receipt> {
  const [row] = await readPayments(
    Prisma.sql`p.id = ${paymentId}::uuid AND b.patient_id = ${patientId}::uuid`,
    1,
  );
  if (!row) throw new AppError("NOT_FOUND");
  return toReceipt(row);
}

/** Reads what the sandbox's page shows. @throws NOT_FOUND; always in production. */
export async function getCheckout(paymentId: string): Promise<Checkout> {
  if (!env.isDemo) throw new AppError("NOT_FOUND");
  const payment = await db.payment.findFirst({
    where: { id: paymentId, provider: "sandbox" },
    include: {
      sandbox: true,
      booking: { include: { doctor: { select: { name: true } } } },
    },
  });
  if (!payment) throw new AppError("NOT_FOUND");
  const { booking, sandbox: charge } = payment;
  const isHeld = booking.status === "PENDING" && booking.holdExpiresAt > clock.now();
  return {
    paymentId,
    bookingId: booking.id,
    amount: { amount: payment.amount, currency: "INR" },
    status: checkout.shape.status.catch("PENDING").parse(charge?.status),
    declines: charge?.declines ?? 0,
    heldUntil: isHeld ? booking.holdExpiresAt.toISOString() : null,
    doctorName: booking.doctor.name,
    startsAt: booking.startsAt.toISOString(),
  };
}
