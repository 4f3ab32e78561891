import { auditRead } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { getBooking } from "../queries/bookings";
import { listDoctorBookings, readReasons } from "../queries/doctor-bookings";
import type { BookingScope } from "../rules";
import type { Booking, ListBookings } from "../schema";

/**
 * Reads a booking for whoever may see it. A doctor also gets what the patient wrote, and that reading is
 * audited. @throws NOT_FOUND.
 */
export async function viewBooking(
  actor: Actor,
  scope: BookingScope,
  bookingId: string,
): Promise<Booking> {
  const booking = await getBooking(scope, bookingId);
  if (scope === "all" || !("doctorId" in scope)) return booking;
  const reason = (await readReasons(scope.doctorId, [bookingId])).get(bookingId) ?? null;
  if (reason !== null) {
    await auditRead(actor, {
      action: "clinical.read",
      entityType: "booking",
      entityId: bookingId,
    });
  }
  return { ...booking, reason };
}

/** Lists a doctor's bookings with the patients and their reasons. One audit entry names all that were shown. */
export async function viewDoctorBookings(actor: Actor, doctorId: string, input: ListBookings) {
  const page = await listDoctorBookings(doctorId, input);
  const bookings = page.items.flatMap(({ id, reason }) => (reason === null ? [] : id));
  if (bookings.length > 0) {
    await auditRead(actor, {
      action: "clinical.read",
      entityType: "doctor",
      entityId: doctorId,
      detail: { bookings },
    });
  }
  return page;
}
