import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import {
  type BookingScope,
  cancellationPercent,
  doctorIsLate,
  freeMinutes,
  isPatients,
  type PolicyTier,
  refundOf,
  refundSteps,
} from "../rules";
import type { CancellationQuote } from "../schema";
import { within } from "./scope";

const inr = (amount: number) => ({ amount, currency: "INR" as const });

/**
 * Reads what a cancellation would give back now and later: the policy's share if the patient cancels,
 * everything if the clinic does. Before the payment, the later amounts are those that will apply then.
 * @throws NOT_FOUND.
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
  const isByPatient = isPatients(scope);
  const percent = cancellationPercent(isByPatient, row);
  const hasBegun = doctorIsLate(row);
  const isOpen = row.status === "PENDING" || row.status === "CONFIRMED";
  return {
    refund: inr(row.status === "CONFIRMED" ? refundOf(price, percent, gone) : 0),
    percent,
    hasBegun,
    tiers: (isOpen && isByPatient && !hasBegun ? refundSteps(row) : []).map((step) => ({
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
