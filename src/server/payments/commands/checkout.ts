import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { providerOf } from "../providers";

/** The text on the gateway's page. It is another company's page: no names and no specialization. */
const DESCRIPTION = "Online consultation";

type Payable = {
  booking_id: string;
  provider: string;
  provider_ref: string | null;
  amount: number;
  currency: string;
  open: boolean;
};

async function payableOf(patientId: string, paymentId: string): Promise<Payable> {
  const [payment] = await db.$queryRaw<Payable[]>`
    SELECT b.id AS booking_id, p.provider, p.provider_ref, p.amount, p.currency,
           p.status = 'PENDING' AND b.status = 'PENDING' AND b.hold_expires_at > app_now() AS open
      FROM payments p JOIN bookings b ON b.id = p.booking_id
     WHERE p.id = ${paymentId}::uuid AND b.patient_id = ${patientId}::uuid`;
  if (!payment) throw new AppError("NOT_FOUND");
  return payment;
}

/** Gets the page where the patient pays. @throws TRY_AGAIN if the gateway fails or does not answer. */
async function askGateway(paymentId: string, payment: Payable) {
  const provider = providerOf(payment.provider);
  if (!provider) throw new AppError("NOT_FOUND");
  const { booking_id: bookingId, provider_ref: providerRef, amount, currency } = payment;
  const returnUrl = `${env.APP_URL}/bookings/${bookingId}`;
  const charge = { paymentId, bookingId, providerRef, amount, currency, returnUrl };
  try {
    return await provider.createCheckout({ ...charge, description: DESCRIPTION });
  } catch (cause) {
    throw new AppError("TRY_AGAIN", { retryAfterSeconds: 5 }, { cause });
  }
}

/**
 * Finds or makes the gateway's page for a patient's payment. No transaction is open while the gateway is
 * asked. Of several calls at once, the first one stores its session, and the others lead the patient to
 * it. A session that is not stored is never shown to anybody.
 *
 * @returns the page; null if nothing is left to pay or the hold is over.
 * @throws NOT_FOUND, whether the payment is absent or another's; TRY_AGAIN if the gateway does not answer.
 */
export async function startCheckout(
  actor: { userId: string },
  paymentId: string,
): Promise<{ bookingId: string; url: string | null }> {
  const payment = await payableOf(actor.userId, paymentId);
  const bookingId = payment.booking_id;
  if (!payment.open) return { bookingId, url: null };
  const { url, providerRef } = await askGateway(paymentId, payment);
  if (providerRef === payment.provider_ref) return { bookingId, url };
  const { count } = await db.payment.updateMany({
    where: { id: paymentId, status: "PENDING", providerRef: null },
    data: { providerRef },
  });
  if (count === 1) return { bookingId, url };
  const now = await payableOf(actor.userId, paymentId);
  if (!now.open || !now.provider_ref) return { bookingId, url: null };
  return { bookingId, url: (await askGateway(paymentId, now)).url };
}

/** Closes the gateway's page of a booking that ended unpaid. An earlier payment is kept. */
export async function closeCheckout(bookingId: string): Promise<void> {
  const payment = await db.payment.findFirst({
    where: {
      bookingId,
      capturedAt: null,
      providerRef: { not: null },
      booking: { status: { in: ["EXPIRED", "CANCELLED"] } },
    },
    select: { id: true, provider: true, providerRef: true },
  });
  if (!payment || !(await providerOf(payment.provider)?.close?.(payment))) return;
  // If another session was paid meanwhile, that one counts and the condition does not match.
  await db.payment.updateMany({
    where: { id: payment.id, providerRef: payment.providerRef, capturedAt: null },
    data: { checkoutClosedAt: clock.now() },
  });
}

const BATCH = 100;

/** Selects payments of ended holds whose page is still open. A page exists for at most a day. */
export const lateCheckouts = Prisma.sql`
  SELECT p.booking_id, b.hold_expires_at AS due_at
    FROM payments p JOIN bookings b ON b.id = p.booking_id
   WHERE p.captured_at IS NULL AND p.checkout_closed_at IS NULL AND p.provider_ref IS NOT NULL
     AND p.created_at > app_now() - interval '5 days'
     AND b.status IN ('EXPIRED', 'CANCELLED') AND b.hold_expires_at > app_now() - interval '1 day'`;

/** Closes pages that no job has closed. Tries all of them, then throws the first failure. */
export async function closeLateCheckouts(): Promise<void> {
  const late = await db.$queryRaw<Array<{ booking_id: string }>>`${lateCheckouts} LIMIT ${BATCH}`;
  const failures: unknown[] = [];
  for (const { booking_id } of late) {
    await closeCheckout(booking_id).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
