import { bookingInput } from "../bookings/schema";
import { doctorWrite, mfaVerified, rest, router } from "../trpc/procedures";
import { completeConsultation, markNoShow, startConsultation, viewConsultation } from "./commands";
import { getConsultation } from "./queries";
import { completeInput, consultation } from "./schema";

const path = (verb: string) => `/bookings/{bookingId}/consultation${verb}` as const;

export const consultationsRouter = router({
  get: mfaVerified
    .meta(rest("GET", path(""), "Bookings", "The consultation, and where to join it"))
    .input(bookingInput)
    .output(consultation)
    .query(({ ctx, input }) => viewConsultation(ctx.bookingScope, input.bookingId)),
  start: doctorWrite
    .meta(rest("POST", path("/start"), "Bookings", "Begin"))
    .input(bookingInput)
    .output(consultation)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await startConsultation(tx, ctx.actor, ctx.doctorId, input.bookingId);
        return getConsultation({ doctorId: ctx.doctorId }, input.bookingId, tx);
      }),
    ),
  complete: doctorWrite
    .meta(rest("POST", path("/complete"), "Bookings", "End, with notes"))
    .input(completeInput)
    .output(consultation)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await completeConsultation(tx, ctx.actor, ctx.doctorId, input.bookingId, input.notes);
        return getConsultation({ doctorId: ctx.doctorId }, input.bookingId, tx);
      }),
    ),
  noShow: doctorWrite
    .meta(rest("POST", path("/no-show"), "Bookings", "The patient did not come"))
    .input(bookingInput)
    .output(consultation)
    .mutation(({ ctx, input }) =>
      ctx.write(input, async (tx) => {
        await markNoShow(tx, ctx.actor, ctx.doctorId, input.bookingId);
        return getConsultation({ doctorId: ctx.doctorId }, input.bookingId, tx);
      }),
    ),
});
