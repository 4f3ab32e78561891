import { callerAs } from "./caller";
import { sql } from "./database";
import { makeDoctor, makePatient, makeSlot, type Person } from "./factories";
import { deliver, gatewayEvent } from "./gateway";
import { MOVE_VISIT } from "./move-visit";

/** Holds a slot as a patient. */
export const holdAs = (patient: Person, slotId: string) =>
  callerAs(patient).bookings.hold({ slotId });

/** Makes a hold with its doctor, slot and patient. */
export async function makeHold() {
  const doctor = await makeDoctor();
  const slot = await makeSlot(doctor);
  const patient = await makePatient();
  const booking = await holdAs(patient, slot.id);
  return { doctor, slot, patient, booking, payment: booking.payment };
}

/** Makes a confirmed booking: a hold with a payment event of the gateway. */
export async function makeConfirmed() {
  const made = await makeHold();
  await deliver(gatewayEvent("payment.succeeded", made.payment));
  return made;
}

/** Moves a visit and its slot: see MOVE_VISIT. */
export const moveVisit = (bookingId: string, startsIn: string) =>
  sql(MOVE_VISIT, [bookingId, startsIn]);

/** Makes a payment older than the time in which a cancellation is free. */
export const payLongAgo = (bookingId: string) =>
  sql("UPDATE payments SET captured_at = now() - interval '1 hour' WHERE booking_id = $1", [
    bookingId,
  ]);

/** The states of a booking and of all that belongs to it, from the database. */
export async function stateOf(bookingId: string) {
  const [row] = await sql<{
    booking: string;
    slot: string;
    payment: string;
    consultation: string | null;
    refund: string | null;
  }>(
    `SELECT b.status AS booking, s.status AS slot, p.status AS payment, c.status AS consultation,
            (SELECT string_agg(r.status || ' ' || r.amount, ', ' ORDER BY r.created_at)
               FROM refunds r WHERE r.payment_id = p.id) AS refund
       FROM bookings b JOIN availability_slots s ON s.id = b.slot_id
       JOIN payments p ON p.booking_id = b.id LEFT JOIN consultations c ON c.booking_id = b.id
      WHERE b.id = $1`,
    [bookingId],
  );
  return row;
}
