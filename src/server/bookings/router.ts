import { enforceRateLimit } from "../platform/rate-limit";
import { doctor, mfaVerified, patientWrite, rest, router } from "../trpc/procedures";
import { extendHold } from "./commands/extend";
import { clearStaleHolds, holdSlot } from "./commands/hold";
import { reschedule } from "./commands/reschedule";
import { viewBooking, viewDoctorBookings } from "./commands/view";
import { getBooking, listBookings } from "./queries/bookings";
import { quoteCancellation } from "./queries/cancellation";
import {
  booking,
  bookingInput,
  bookingPage,
  cancellationQuote,
  doctorBookingPage,
  extended,
  held,
  holdInput,
  listBookingsInput,
  rescheduleInput,
} from "./schema";

export const bookingsRouter = router({
  hold: patientWrite
    .meta(rest("POST", "/bookings", "Bookings", "Hold a slot and get where to pay"))
    .input(holdInput)
    .output(held)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("holdsPerPatient", ctx.patientId);
      return ctx.write(
        input,
        (tx) => holdSlot(tx, ctx.actor, input),
        (reason) => clearStaleHolds(reason, input.slotId, ctx.patientId),
      );
    }),
  list: mfaVerified
    .meta(rest("GET", "/bookings", "Bookings", "My bookings"))
    .input(listBookingsInput)
    .output(bookingPage)
    .query(({ ctx, input }) => listBookings(ctx.bookingScope, input)),
  get: mfaVerified
    .meta(rest("GET", "/bookings/{bookingId}", "Bookings", "One booking"))
    .input(bookingInput)
    .output(booking)
    .query(({ ctx, input }) => viewBooking(ctx.actor, ctx.bookingScope, input.bookingId)),
  extendHold: patientWrite
    .meta(rest("POST", "/bookings/{bookingId}/extend", "Bookings", "Keep a held slot longer"))
    .input(bookingInput)
    .output(extended)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => extendHold(tx, ctx.actor, input.bookingId)),
    ),
  cancellation: mfaVerified
    .meta(
      rest("GET", "/bookings/{bookingId}/cancellation", "Bookings", "What cancelling gives back"),
    )
    .input(bookingInput)
    .output(cancellationQuote)
    .query(({ ctx, input }) => quoteCancellation(ctx.bookingScope, input.bookingId)),
  reschedule: patientWrite
    .meta(rest("POST", "/bookings/{bookingId}/reschedule", "Bookings", "Move to another slot"))
    .input(rescheduleInput)
    .output(booking)
    .mutation(({ ctx, input }) =>
      ctx.write(
        input,
        async (tx) => {
          await reschedule(tx, ctx.actor, input);
          return getBooking({ patientId: ctx.patientId }, input.bookingId, tx);
        },
        (reason) => clearStaleHolds(reason, input.slotId, ctx.patientId),
      ),
    ),
  ofDoctor: doctor
    .meta(rest("GET", "/doctor/bookings", "Bookings", "Who is coming"))
    .input(listBookingsInput)
    .output(doctorBookingPage)
    .query(({ ctx, input }) => viewDoctorBookings(ctx.actor, ctx.doctorId, input)),
});
