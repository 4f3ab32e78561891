import { z } from "zod";
import { booking, bookingStatus } from "../bookings/schema";
import { id, instant, money, page, pageInput } from "../platform/schema";

export const checkoutInput = z.object({ paymentId: id });
export const checkout = z.object({
  paymentId: id,
  bookingId: id,
  amount: money,
  status: z.enum(["PENDING", "SUCCEEDED", "FAILED"]),
  /** How often a card was declined. */
  declines: z.int(),
  /** Until when the time is held for whoever pays; null once it is not. */
  heldUntil: instant.nullable(),
  doctorName: z.string(),
  startsAt: instant,
});
export type Checkout = z.infer<typeof checkout>;
export const decideInput = z.object({ paymentId: id, outcome: z.enum(["pay", "decline"]) });
/** PENDING: declined, and open for another try. */
export const decision = z.object({ bookingId: id, status: checkout.shape.status });
export type Decision = z.infer<typeof decision>;

export const listPaymentsInput = pageInput;
export type ListPayments = z.infer<typeof listPaymentsInput>;

export const receiptInput = z.object({ paymentId: id });
export const receipt = z.object({
  id,
  /** In order and without gaps within a financial year; null until it is given. */
  number: z.string().nullable(),
  bookingId: id,
  bookingStatus,
  status: booking.shape.payment.shape.status,
  provider: z.string(),
  amount: money,
  refunded: money,
  capturedAt: instant.nullable(),
  createdAt: instant,
  /** Who issues it. What is not configured is null. */
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
      /** By the clinic's own hand, at the gateway. */
      byClinic: z.boolean(),
      requestedAt: instant,
    }),
  ),
});
export type Receipt = z.infer<typeof receipt>;
export const receiptPage = page(receipt);
