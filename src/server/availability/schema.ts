import { z } from "zod";
import { id, instant, instantInput, page, pageInput } from "../platform/schema";

export const slot = z.object({
  id,
  doctorId: id,
  startsAt: instant,
  endsAt: instant,
  status: z.enum(["AVAILABLE", "HELD", "BOOKED"]),
});
export type Slot = z.infer<typeof slot>;
export const slotPage = page(slot);

export const listSlotsInput = pageInput.extend({
  doctorId: id,
  /** From now, by default. */
  from: instantInput.optional(),
  /** 14 days after `from`, by default. */
  to: instantInput.optional(),
});
export type ListSlots = z.infer<typeof listSlotsInput>;

export const createSlotInput = z.object({ startsAt: instantInput, endsAt: instantInput });
export type CreateSlot = z.infer<typeof createSlotInput>;

export const slotInput = z.object({ slotId: id });
