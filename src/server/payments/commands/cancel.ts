import type { CancelledBy, RefundReason } from "@/generated/prisma/enums";
import type { Actor } from "../../audit/schema";
import { cancelBooking } from "../../bookings/commands/cancel";
import type { BookingScope } from "../../bookings/queries";
import type { Tx } from "../../platform/transaction";
import { post } from "../ledger";
import { requestRefund } from "./refund";

type Options = { by: CancelledBy; reason?: string; expectedRefund?: number; why?: RefundReason };

/**
 * Cancels a booking and owes the refund that its policy gives, in one transaction.
 * @throws as `cancelBooking`.
 */
export async function cancelWithRefund(
  tx: Tx,
  actor: Actor,
  scope: BookingScope,
  bookingId: string,
  { why = "cancelled", ...options }: Options,
): Promise<void> {
  const refund = await cancelBooking(tx, actor, scope, bookingId, options);
  if (refund === 0) return;
  const { id } = await tx.payment.findUniqueOrThrow({ where: { bookingId }, select: { id: true } });
  await post(tx, "refundOwed", id, refund);
  await requestRefund(tx, actor, id, refund, why);
}
