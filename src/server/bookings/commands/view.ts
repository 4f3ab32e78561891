import { auditAlone } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { getBooking, listDoctorBookings } from "../queries";
import type { BookingScope } from "../rules";
import type { Booking, ListBookings } from "../schema";

/** A booking for whoever may see it. A doctor's reading of what the patient wrote is on the record. @throws NOT_FOUND. */
export async function viewBooking(
  actor: Actor,
  scope: BookingScope,
  bookingId: string,
): Promise<Booking> {
  const booking = await getBooking(scope, bookingId);
  if (scope !== "all" && "doctorId" in scope && booking.reason !== null) {
    await auditAlone(actor, {
      action: "clinical.read",
      entityType: "booking",
      entityId: bookingId,
    });
  }
  return booking;
}

/** A doctor's list with who is coming and why; one entry on the record names all that were shown. */
export async function viewDoctorBookings(actor: Actor, doctorId: string, input: ListBookings) {
  const page = await listDoctorBookings(doctorId, input);
  const bookings = page.items.flatMap(({ id, reason }) => (reason === null ? [] : id));
  if (bookings.length > 0) {
    await auditAlone(actor, {
      action: "clinical.read",
      entityType: "doctor",
      entityId: doctorId,
      detail: { bookings },
    });
  }
  return page;
}
