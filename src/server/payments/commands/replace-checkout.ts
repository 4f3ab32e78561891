import { db } from "../../platform/db";

/**
 * Stores another session of the gateway as the one that counts.
 * @returns false if the payment is captured already.
 */
export async function replaceCheckout(paymentId: string, providerRef: string): Promise<boolean> {
  const { count } = await db.payment.updateMany({
    where: { id: paymentId, capturedAt: null },
    data: { providerRef, checkoutClosedAt: null },
  });
  return count === 1;
}
