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
    /** Bookings that were cancelled because of an absence of the doctor. */
    doctorAbsent: z.int(),
  }),
  consultations: z.object({ completed: z.int() }),
  revenue: z.object({ gross: money, refunded: money, net: money }),
  byDay: z.array(
    z.object({ date: z.iso.date(), bookings: z.int(), consultations: z.int(), revenue: money }),
  ),
});
export type Summary = z.infer<typeof summary>;

/** The number of cases that no job can solve and an admin must look at. */
export const attention = z.object({
  /** Applications of doctors. */
  waitingDoctors: z.int(),
  /** Changes of approved details that wait for an admin. */
  waitingChanges: z.int(),
  /** Payments of another amount than the price, in thirty days. The money stays at the gateway. */
  mismatchedPayments: z.int(),
  /** Refunds that the gateway could not carry out. */
  failedRefunds: z.int(),
  /** Refund events of the gateway that do not match our refunds, in thirty days. */
  mismatchedRefunds: z.int(),
  /** Refunds that the clinic made by hand at the gateway, in seven days. */
  refundsByClinic: z.int(),
  /** Confirmed bookings that have not ended and whose whole payment was refunded by hand. */
  unpaidConsultations: z.int(),
  /** Consultations that were started and are not completed a day after their end. */
  unfinishedConsultations: z.int(),
  /** Job runs that failed and are not retried any more. */
  failedJobs: z.int(),
  /** 1 if the app's database login owns the tables or can become their owner; otherwise 0. */
  ownerLogins: z.int(),
});
export type Attention = z.infer<typeof attention>;

export const utilizationInput = rangeInput.extend(pageInput.shape);
export type UtilizationInput = z.infer<typeof utilizationInput>;
export const utilization = page(
  z.object({ doctorId: id, slots: z.int(), booked: z.int(), utilization: z.number() }),
);
