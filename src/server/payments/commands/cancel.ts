import type { CancelledBy, RefundReason } from "@/generated/prisma/enums";
import type { Actor } from "../../audit/schema";
import { cancelBooking } from "../../bookings/commands/cancel";
import { getBooking } from "../../bookings/queries/bookings";
import type { BookingScope } from "../../bookings/rules";
import type { Booking, CancelOptions } from "../../bookings/schema";
import type { Tx } from "../../platform/transaction";
import { post } from "./ledger";
import { requestRefund } from "./refund";

type Options = CancelOptions & { by: CancelledBy };

/**
 * Cancels a booking and requests the refund that its policy gives, in one transaction.
 * @returns the booking as it is now. @throws as `cancelBooking`.
 */
export async function cancelWithRefund(
  tx: Tx,
  actor: Actor,
  scope: BookingScope,
  bookingId: string,
  options: Options,
): Promise<Booking> {
  const { refund, by } = await cancelBooking(tx, actor, scope, bookingId, options);
  const why = by === "absence" ? "doctor_absent" : "cancelled";
  if (refund > 0) await owe(tx, actor, bookingId, refund, why);
  return getBooking(scope, bookingId, tx);
}

async function owe(tx: Tx, actor: Actor, bookingId: string, refund: number, why: RefundReason) {
  const { id } = await tx.payment.findUniqueOrThrow({ where: { bookingId }, select: { id: true } });
  await post(tx, "refundOwed", id, refund);
  await requestRefund(tx, actor, id, refund, why);
}
