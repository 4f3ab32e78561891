import { z } from "zod";
import { dateInput, id, instantInput, money, page, pageInput } from "../platform/schema";

/** Instants or plain dates; `to` is exclusive. */
const bound = z.union([instantInput, dateInput]);
export const rangeInput = z.object({ from: bound, to: bound });
export type Range = z.infer<typeof rangeInput>;

export const summary = z.object({
  users: z.int(),
  doctors: z.int(),
  patients: z.int(),
  bookings: z.object({
    total: z.int(),
    byStatus: z.record(z.string(), z.int()),
    /** How many of the cancelled ones were cancelled because the doctor did not come. */
    doctorAbsent: z.int(),
  }),
  consultations: z.object({ completed: z.int() }),
  revenue: z.object({ gross: money, refunded: money, net: money }),
  byDay: z.array(
    z.object({ date: z.iso.date(), bookings: z.int(), consultations: z.int(), revenue: money }),
  ),
});
export type Summary = z.infer<typeof summary>;

/** How many of each wait for a person. */
export const attention = z.object({
  waitingDoctors: z.int(),
  /** Changes of approved details that wait for an admin. */
  waitingChanges: z.int(),
  mismatchedPayments: z.int(),
  failedRefunds: z.int(),
  /** Refunds of which the gateway says something that does not fit, in thirty days. */
  mismatchedRefunds: z.int(),
  /** Refunds that the clinic made by hand at the gateway, in seven days. */
  refundsByClinic: z.int(),
  /** Consultations to come of which all the money went back by hand. */
  unpaidConsultations: z.int(),
  unfinishedConsultations: z.int(),
  failedJobs: z.int(),
  /** 1 where the app's login to the database owns its tables, or may become their owner. */
  ownerLogins: z.int(),
});
export type Attention = z.infer<typeof attention>;

export const utilizationInput = rangeInput.extend(pageInput.shape);
export type UtilizationInput = z.infer<typeof utilizationInput>;
export const utilization = page(
  z.object({ doctorId: id, slots: z.int(), booked: z.int(), utilization: z.number() }),
);
