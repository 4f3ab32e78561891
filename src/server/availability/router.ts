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
  // For the month view of the pages alone.
  freeDays: publicProcedure("readsPerAddress")
    .input(freeDaysInput)
    .output(freeDays)
    .query(({ input }) => listFreeDays(input)),
  // For the pages: a browser's own zone data may be of another year than the server's.
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
    .meta(rest("DELETE", "/doctor/slots/{slotId}", "Doctors", "Take a free slot back"))
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
        "Set my hours and make their slots. `version`, or `If-Match`, is the version that was read",
      ),
    )
    .input(setAvailabilityInput)
    .output(availabilityOutput)
    .mutation(({ ctx, input }) => {
      const change = { ...input, version: input.version ?? versionOf(ctx.ifMatch) };
      return ctx.write(change, (tx) => setAvailability(tx, ctx.actor, ctx.doctorId, change));
    }),
  // A mutation because hours are too long for an address; it writes nothing.
  preview: doctor
    .input(setAvailabilityInput)
    .output(availabilityOutput)
    .mutation(async ({ ctx, input }) => {
      await enforceRateLimit("previewsPerDoctor", ctx.doctorId);
      return previewAvailability(ctx.doctorId, input);
    }),
});
