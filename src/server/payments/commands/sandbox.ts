import { env } from "@/env";
import { clock } from "../../platform/clock";
import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import type { PaymentEvent } from "../provider";
import { getCheckout } from "../queries";
import { signWebhook } from "../sandbox-webhook";
import type { Decision } from "../schema";

const DELIVERY_TIMEOUT_MS = 5000;

/**
 * Records in the sandbox's own table what the patient chose on its page. A declined card is one failed
 * try: the page stays open for another. A payment is final, and the app hears of it by a signed webhook
 * over HTTP, as from a real gateway.
 */
export async function decide(paymentId: string, outcome: "pay" | "decline"): Promise<Decision> {
  const { bookingId, amount } = await getCheckout(paymentId);
  const [wanted, declined] = outcome === "pay" ? ["SUCCEEDED", 0] : ["PENDING", 1];
  await db.$executeRaw`
    INSERT INTO sandbox_charges AS c (payment_id, status, declines, decided_at)
    VALUES (${paymentId}::uuid, ${wanted}::payment_status, ${declined}::int, app_now())
    ON CONFLICT (payment_id) DO UPDATE
       SET status = excluded.status, declines = c.declines + excluded.declines, decided_at = app_now()
     WHERE c.status = 'PENDING'`;
  const { status } = await getCheckout(paymentId);
  if (status !== "PENDING") {
    await deliver({
      eventId: `evt_${paymentId}_${status.toLowerCase()}`,
      type: status === "SUCCEEDED" ? "payment.succeeded" : "payment.failed",
      paymentId,
      ...amount,
    });
  }
  return { bookingId, status };
}

type SandboxRefund = Pick<PaymentEvent, "paymentId" | "amount" | "currency"> & { refundId: string };

/** Records a refund in the sandbox's own table and reports it by webhook. A second call repeats the report. */
export async function refundInSandbox(refund: SandboxRefund): Promise<void> {
  const { refundId, paymentId, amount } = refund;
  await db.sandboxRefund.createMany({
    data: [{ refundId, paymentId, amount }],
    skipDuplicates: true,
  });
  await deliver({ eventId: `evt_${refundId}`, type: "refund.succeeded", ...refund });
}

/** Posts an event to the app. A failed delivery is only logged: reconciliation reads the sandbox's tables. */
async function deliver(event: PaymentEvent): Promise<void> {
  const { eventId, type, paymentId, amount, currency, refundId } = event;
  const raw = Buffer.from(
    JSON.stringify({
      id: eventId,
      type,
      createdAt: clock.now().toISOString(),
      data: { paymentId, amount, currency, refundId },
    }),
  );
  try {
    const response = await fetch(`${env.APP_URL}/api/webhooks/payments/sandbox`, {
      method: "POST",
      headers: { "content-type": "application/json", "sandbox-signature": signWebhook(raw) },
      body: raw,
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    if (!response.ok) logger.warn({ eventId, status: response.status }, "sandbox webhook refused");
  } catch (error) {
    logger.warn({ eventId, err: error }, "sandbox webhook not delivered");
  }
}
