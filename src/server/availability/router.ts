import { zoneTable } from "../platform/format";
import { enforceRateLimit } from "../platform/rate-limit";
import { ok, versionOf } from "../platform/schema";
import { doctor, doctorWrite, publicProcedure, rest, router } from "../trpc/procedures";
import { setAvailability } from "./commands/hours";
import { previewAvailability } from "./commands/preview";
import { createSlot, withdrawSlot } from "./commands/slots";
import { getAvailability, listFreeDays, listOwnSlots, listSlots } from "./queries";
import {
  availabilityOutput,
  createSlotInput,
  freeDays,
  freeDaysInput,
  listOwnSlotsInput,
  listSlotsInput,
  ownSlotPage,
  setAvailabilityInput,
  slot,
  slotInput,
  slotPage,
  zone,
  zoneInput,
} from "./schema";

export const availabilityRouter = router({
  slots: publicProcedure("readsPerAddress")
    .meta(rest("GET", "/doctors/{doctorId}/slots", "Doctors", "A doctor's slots", "open"))
    .input(listSlotsInput)
    .output(slotPage)
    .query(({ input }) => listSlots(input)),
  // Not in REST: only the month view of the pages uses this procedure.
  freeDays: publicProcedure("readsPerAddress")
    .input(freeDaysInput)
    .output(freeDays)
    .query(({ input }) => listFreeDays(input)),
  // Not in REST: the pages show times by the server's zone data, because a browser's can be outdated.
  zone: publicProcedure("readsPerAddress")
    .input(zoneInput)
    .output(zone)
    .query(({ input }) => zoneTable(input.timezone, new Date())),
  ownSlots: doctor
    .meta(rest("GET", "/doctor/slots", "Doctors", "My slots"))
    .input(listOwnSlotsInput)
    .output(ownSlotPage)
    .query(({ ctx, input }) => listOwnSlots(ctx.doctorId, input)),
  createSlot: doctorWrite
    .meta(rest("POST", "/doctor/slots", "Doctors", "Open a slot"))
    .input(createSlotInput)
    .output(slot)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => createSlot(tx, ctx.actor, ctx.doctorId, input)),
    ),
  withdrawSlot: doctorWrite
    .meta(rest("DELETE", "/doctor/slots/{slotId}", "Doctors", "Withdraw a free slot"))
    .input(slotInput)
    .output(ok)
    .mutation(({ ctx, input }) =>
      ctx.write(input, (tx) => withdrawSlot(tx, ctx.actor, ctx.doctorId, input.slotId)),
    ),
  get: doctor
    .meta(rest("GET", "/doctor/availability", "Doctors", "My hours"))
    .output(availabilityOutput)
    .query(({ ctx }) => getAvailability(ctx.doctorId)),
  set: doctorWrite
    .meta(
      rest(
        "PUT",
        "/doctor/availability",
        "Doctors",
        "Set my hours and update their slots. Send the version that you read as `version` or `If-Match`",
      ),
    )
    .input(setAvailabilityInput)
    .output(availabilityOutput)
    .mutation(({ ctx, input }) => {
      const change = { ...input, version: input.version ?? versionOf(ctx.ifMatch) };
      return ctx.write(change, (tx) => setAvailability(tx, ctx.actor, ctx.doctorId, change));
    }),
  // Writes nothing. It is a mutation because hours are too long for the URL of a query.
  preview: doctor
    .input(setAvailabilityInput)
    .output(availabilityOutput)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("previewsPerDoctor", ctx.doctorId);
      return previewAvailability(ctx.doctorId, input);
    }),
});
