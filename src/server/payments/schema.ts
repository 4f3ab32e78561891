import { z } from "zod";
import { id, instant, money } from "../platform/schema";

export const checkoutInput = z.object({ paymentId: id });
export const checkout = z.object({
  paymentId: id,
  bookingId: id,
  amount: money,
  status: z.enum(["PENDING", "SUCCEEDED", "FAILED"]),
  doctorName: z.string(),
  startsAt: instant,
});
export type Checkout = z.infer<typeof checkout>;
export const decideInput = z.object({ paymentId: id, outcome: z.enum(["pay", "decline"]) });
export const decision = z.object({ bookingId: id });
