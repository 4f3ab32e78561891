import { z } from "zod";
import { booking, bookingStatus } from "../bookings/schema";
import { id, instant, money, page, pageInput } from "../platform/schema";

export const checkoutInput = z.object({ paymentId: id });
export const checkout = z.object({
  paymentId: id,
  bookingId: id,
  amount: money,
  status: z.enum(["PENDING", "SUCCEEDED", "FAILED"]),
  /** The number of declined tries. */
  declines: z.int(),
  /** The end of the hold; null if there is none any more. */
  heldUntil: instant.nullable(),
  doctorName: z.string(),
  startsAt: instant,
});
export type Checkout = z.infer<typeof checkout>;
export const decideInput = z.object({ paymentId: id, outcome: z.enum(["pay", "decline"]) });
/** PENDING means declined, with another try allowed. */
export const decision = z.object({ bookingId: id, status: checkout.shape.status });
export type Decision = z.infer<typeof decision>;

export const listPaymentsInput = pageInput;
export type ListPayments = z.infer<typeof listPaymentsInput>;

export const receiptInput = z.object({ paymentId: id });
export const receipt = z.object({
  id,
  /** Consecutive within a financial year; null until it is assigned. */
  number: z.string().nullable(),
  bookingId: id,
  bookingStatus,
  status: booking.shape.payment.shape.status,
  provider: z.string(),
  amount: money,
  refunded: money,
  capturedAt: instant.nullable(),
  createdAt: instant,
  /** The clinic that issues the receipt. Fields that are not configured are null. */
  clinic: z.object({
    name: z.string(),
    address: z.string().nullable(),
    taxId: z.string().nullable(),
    email: z.string().nullable(),
    phone: z.string().nullable(),
  }),
  doctor: z.object({ name: z.string(), registrationNumber: z.string() }),
  patientName: z.string(),
  startsAt: instant,
  refunds: z.array(
    z.object({
      id,
      amount: money,
      status: z.enum(["PENDING", "SUCCEEDED", "FAILED"]),
      /** True if the clinic refunded by hand at the gateway. */
      byClinic: z.boolean(),
      requestedAt: instant,
    }),
  ),
});
export type Receipt = z.infer<typeof receipt>;
export const receiptPage = page(receipt);
