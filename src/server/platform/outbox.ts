import { uuidv7 } from "./ids";
import type { Tx } from "./transaction";

/** The domain events: ids only, never PHI. Names follow Inngest's `noun/verb`. */
export type DomainEvent =
  | { name: "booking/held"; data: { bookingId: string; holdExpiresAt: string } }
  | { name: "booking/confirmed"; data: { bookingId: string; version: number; startsAt: string } }
  | { name: "booking/rescheduled"; data: { bookingId: string; version: number; startsAt: string } }
  | { name: "booking/expired"; data: { bookingId: string } }
  | { name: "booking/cancelled"; data: { bookingId: string } }
  | { name: "payment/refund.requested"; data: { refundId: string; paymentId: string } }
  | { name: "account/mail.owed"; data: { messageId: string } }
  | { name: "payment/refund.failed"; data: { refundId: string; paymentId: string } }
  | { name: "payment/refunded"; data: { refundId: string; paymentId: string } };

/** Records an event in the transaction of the change it tells of; the relay delivers it. */
export async function emit(tx: Tx, ...events: DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.outboxEvent.createMany({
    data: events.map((event) => ({ id: uuidv7(), ...event })),
  });
}
