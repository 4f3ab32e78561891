import { limit } from "../platform/rate-limit";
import {
  doctor,
  patientWrite,
  rest,
  router,
  type SignedInActor,
  signedIn,
} from "../trpc/procedures";
import { clearStaleHolds, holdSlot } from "./commands/hold";
import { type BookingScope, getBooking, listBookings, listDoctorBookings } from "./queries";
import {
  booking,
  bookingInput,
  bookingPage,
  doctorBookingPage,
  held,
  holdInput,
  listBookingsInput,
} from "./schema";

function scopeOf(actor: SignedInActor, doctorId: string | null): BookingScope {
  if (actor.role === "admin") return "all";
  return actor.role === "doctor" && doctorId ? { doctorId } : { patientId: actor.userId };
}

export const bookingsRouter = router({
  hold: patientWrite
    .meta(rest("POST", "/bookings", "Bookings", "Hold a slot and get where to pay"))
    .input(holdInput)
    .output(held)
    .mutation(async ({ ctx, input }) => {
      await limit("holdsPerPatient", ctx.patientId);
      return ctx.write(
        input,
        (tx) => holdSlot(tx, ctx.actor, input),
        (reason) => clearStaleHolds(reason, input.slotId, ctx.patientId),
      );
    }),
  list: signedIn
    .meta(rest("GET", "/bookings", "Bookings", "My bookings"))
    .input(listBookingsInput)
    .output(bookingPage)
    .query(({ ctx, input }) => listBookings(scopeOf(ctx.actor, ctx.doctorId), input)),
  get: signedIn
    .meta(rest("GET", "/bookings/{bookingId}", "Bookings", "One booking"))
    .input(bookingInput)
    .output(booking)
    .query(({ ctx, input }) => getBooking(scopeOf(ctx.actor, ctx.doctorId), input.bookingId)),
  ofDoctor: doctor
    .meta(rest("GET", "/doctor/bookings", "Bookings", "Who is coming"))
    .input(listBookingsInput)
    .output(doctorBookingPage)
    .query(({ ctx, input }) => listDoctorBookings(ctx.doctorId, input)),
});
