import type { RefundReason } from "@/generated/prisma/enums";
import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { db } from "../../platform/db";
import { uuidv7 } from "../../platform/ids";
import { emit } from "../../platform/outbox";
import type { Tx } from "../../platform/transaction";
import { providerOf } from "../providers";

/**
 * Records a refund of a captured payment; a job carries it out. Constraints keep the sum of refunds
 * within the captured amount.
 * @param amount in minor units.
 */
export async function requestRefund(
  tx: Tx,
  actor: Actor,
  paymentId: string,
  amount: number,
  reason: RefundReason,
): Promise<void> {
  const refundId = uuidv7();
  await tx.payment.updateMany({
    where: { id: paymentId },
    data: { status: "REFUND_PENDING", refundedAmount: { increment: amount } },
  });
  await tx.refund.createMany({ data: [{ id: refundId, paymentId, amount, reason }] });
  await audit(tx, actor, {
    action: "payment.refund_requested",
    entityType: "payment",
    entityId: paymentId,
    detail: { amount, refundId },
  });
  await emit(tx, { name: "payment/refund.requested", data: { refundId, paymentId } });
}

/**
 * Asks the gateway to carry out a refund. May run any number of times, because the gateway identifies the
 * refund by our id. A webhook or reconciliation reports the result.
 */
export async function carryOutRefund(refundId: string): Promise<void> {
  const refund = await db.refund.findUnique({
    where: { id: refundId },
    include: { payment: { select: { provider: true, providerRef: true, currency: true } } },
  });
  if (!refund || refund.status === "SUCCEEDED") return;
  const { payment, paymentId, amount } = refund;
  const provider = providerOf(payment.provider);
  if (!provider) throw new Error(`no provider ${payment.provider} is configured`);
  const { currency } = payment;
  const order = { refundId, paymentId, providerRef: payment.providerRef, amount, currency };
  const { providerRef } = await provider.refund(order);
  await db.refund.updateMany({
    where: { id: refundId, status: { not: "SUCCEEDED" } },
    data: { status: "PENDING", ...(providerRef && { providerRef }) },
  });
}
