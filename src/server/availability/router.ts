import { ok } from "../platform/schema";
import { doctorWrite, publicProcedure, rest, router } from "../trpc/procedures";
import { createSlot, withdrawSlot } from "./commands";
import { listSlots } from "./queries";
import { createSlotInput, listSlotsInput, slot, slotInput, slotPage } from "./schema";

export const availabilityRouter = router({
  slots: publicProcedure
    .meta(rest("GET", "/doctors/{doctorId}/slots", "Doctors", "A doctor's slots", "open"))
    .input(listSlotsInput)
    .output(slotPage)
    .query(({ input }) => listSlots(input)),
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
});
