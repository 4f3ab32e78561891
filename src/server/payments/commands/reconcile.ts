import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import type { PaymentProvider } from "../provider";
import { providerOf } from "../providers";
import { refundsByHand } from "../rules";
import { applyEvent } from "./apply";
import { carryOutRefund } from "./refund";

const BATCH = 200;

type OpenRefund = Open & { refund_id: string; is_failed: boolean; is_due: boolean };
type Open = { id: string; provider: string; provider_ref: string | null; currency: string };

/**
 * Asks the gateways about all payments and refunds that have been open for over a minute, and applies the
 * answers: captures and refunds whose webhook was lost, declines, and refunds that were never carried
 * out. Looks for late captures until a day after the end of the hold, or until the checkout is closed.
 * @returns how many payments and refunds were repaired, and how many could not be asked about or repaired.
 */
export async function reconcilePayments(): Promise<{ repaired: number; failed: number }> {
  const payments = await db.$queryRaw<Open[]>`
    SELECT p.id, p.provider, p.provider_ref, p.currency
      FROM payments p JOIN bookings b ON b.id = p.booking_id
     WHERE p.captured_at IS NULL AND p.checkout_closed_at IS NULL
       AND p.created_at < app_now() - interval '1 minute'
       AND b.hold_expires_at > app_now() - interval '1 day'
       -- Follows from the line before, because a hold with all its extensions lasts at most three days. This
       -- condition lets the query use an index.
       AND p.created_at > app_now() - interval '5 days'
       AND (p.provider_ref IS NOT NULL OR EXISTS (
             SELECT FROM sandbox_charges c WHERE c.payment_id = p.id AND c.status <> 'PENDING'))
     ORDER BY p.created_at LIMIT ${BATCH}`;
  const refunds = await db.$queryRaw<OpenRefund[]>`
    SELECT p.id, p.provider, p.provider_ref, p.currency, r.id AS refund_id, r.status = 'FAILED' AS is_failed,
           coalesce(r.retry_at <= app_now(), true) AS is_due
      FROM refunds r JOIN payments p ON p.id = r.payment_id
     WHERE r.status IN ('PENDING', 'FAILED') AND r.created_at < app_now() - interval '1 minute'
     -- Failed refunds come last, because a job of their own retries them, and there may be many.
     ORDER BY r.status = 'FAILED', r.created_at LIMIT ${BATCH}`;
  let repaired = 0;
  let failed = 0;
  const repair = async (open: Open, work: (provider: PaymentProvider) => Promise<boolean>) => {
    const provider = providerOf(open.provider);
    if (!provider) return;
    try {
      if (await work(provider)) repaired++;
    } catch (error) {
      // A failure does not stop the other repairs. The next run tries again.
      failed++;
      logger.warn({ paymentId: open.id, err: error }, "payment not reconciled");
    }
  };
  for (const open of payments) await repair(open, (provider) => repairCharge(provider, open));
  for (const open of refunds) await repair(open, (provider) => repairRefund(provider, open));
  return { repaired, failed };
}

async function repairCharge(provider: PaymentProvider, open: Open): Promise<boolean> {
  const paymentId = open.id;
  const state = await provider.fetchState({ paymentId, providerRef: open.provider_ref });
  if (state.status === "PENDING") return false;
  const succeeded = state.status === "SUCCEEDED";
  await applyEvent(
    provider.name,
    {
      eventId: `reconcile:${paymentId}:${state.status}:${state.amount}`,
      type: succeeded ? "payment.succeeded" : "payment.failed",
      isFinal: !succeeded,
      paymentId,
      amount: state.amount,
      currency: state.currency,
    },
    null,
  );
  return true;
}

/** Tries a failed refund again, at most once an hour. The job for failed refunds has already tried it. */
async function retryFailed({ refund_id: refundId, is_due }: OpenRefund): Promise<boolean> {
  if (!is_due) return false;
  await db.$executeRaw`
    UPDATE refunds SET retry_at = app_now() + interval '1 hour' WHERE id = ${refundId}::uuid`;
  await carryOutRefund(refundId);
  return true;
}

async function repairRefund(provider: PaymentProvider, open: OpenRefund): Promise<boolean> {
  const paymentId = open.id;
  const state = await provider.fetchState({ paymentId, providerRef: open.provider_ref });
  const { refunded, failed, currency } = state;
  const known = await db.refund.findMany({ where: { paymentId } });
  // Refunds by hand are applied first, because they can lower the amount that is left for our refund.
  for (const event of refundsByHand(state, known)) {
    await applyEvent(provider.name, { ...event, paymentId }, null);
  }
  const done = refunded.find(({ refundId }) => refundId === open.refund_id);
  const failure = failed.find(({ refundId }) => refundId === open.refund_id);
  if (!done && failure) {
    if (open.is_failed) return retryFailed(open);
    // The webhook that reports the failure was lost.
    const { refundId, amount, tries } = failure;
    const eventId = `reconcile:${refundId}:failed:${tries}`;
    const event = {
      eventId,
      type: "refund.failed" as const,
      paymentId,
      refundId,
      amount,
      currency,
    };
    await applyEvent(provider.name, event, null);
    return true;
  }
  if (!done) {
    await carryOutRefund(open.refund_id);
    return true;
  }
  const eventId = `reconcile:${open.refund_id}`;
  const { amount } = done;
  await applyEvent(
    provider.name,
    { eventId, type: "refund.succeeded", paymentId, refundId: done.refundId, amount, currency },
    null,
  );
  return true;
}
