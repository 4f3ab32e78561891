import { z } from "zod";
import { bookingInput } from "../bookings/schema";
import { id, instant, text } from "../platform/schema";

export const consultation = z.object({
  id,
  status: z.enum(["SCHEDULED", "ACTIVE", "COMPLETED", "CANCELLED", "NO_SHOW"]),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  /** Set from 10 minutes before the start until the consultation ends; null otherwise. */
  joinUrl: z.string().nullable(),
});
export type Consultation = z.infer<typeof consultation>;

export const completeInput = bookingInput.extend({ notes: text(10_000).optional() });
