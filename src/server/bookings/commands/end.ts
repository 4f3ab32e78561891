import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import type { Tx } from "../../platform/transaction";

/**
 * CONFIRMED → COMPLETED or NO_SHOW, in the transaction that ends its consultation. The caller has
 * locked the booking and checked its state.
 */
export async function endBooking(
  tx: Tx,
  actor: Actor,
  bookingId: string,
  outcome: "COMPLETED" | "NO_SHOW",
): Promise<void> {
  await tx.$executeRaw`
    UPDATE bookings SET status = ${outcome}::booking_status WHERE id = ${bookingId}::uuid`;
  const action = outcome === "COMPLETED" ? "booking.completed" : "booking.no_show";
  await audit(tx, actor, { action, entityType: "booking", entityId: bookingId });
}
