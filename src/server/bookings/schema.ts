import { z } from "zod";
import { id, instant, instantInput, money, page, pageInput, text } from "../platform/schema";

export const bookingStatus = z.enum([
  "PENDING",
  "CONFIRMED",
  "COMPLETED",
  "NO_SHOW",
  "EXPIRED",
  "CANCELLED",
]);
export type BookingStatus = z.infer<typeof bookingStatus>;

const paymentStatus = z.enum([
  "PENDING",
  "SUCCEEDED",
  "FAILED",
  "REFUND_PENDING",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
]);

export const holdInput = z.object({ slotId: id, reason: text(1000).optional() });
export type Hold = z.infer<typeof holdInput>;

export const bookingInput = z.object({ bookingId: id });

const payment = z.object({
  id,
  status: paymentStatus,
  amount: money,
  provider: z.string(),
  /** The sum of all refunds, paid or pending. */
  refunded: money,
  /** The part of it that the clinic refunded by hand at the gateway. */
  refundedByClinic: money,
  /** The page to pay on; null when nothing is left to pay. */
  checkoutUrl: z.string().nullable(),
});

const consultation = z.object({
  id,
  status: z.enum(["SCHEDULED", "ACTIVE", "COMPLETED", "CANCELLED", "NO_SHOW"]),
});

/** The refund that this app requested. Refunds by hand are part of the payment. */
const refund = z.object({
  amount: money,
  status: z.enum(["PENDING", "SUCCEEDED", "FAILED"]),
});

/** A booking as its patient, its doctor or an admin sees it. */
export const booking = z.object({
  id,
  status: bookingStatus,
  doctorId: id,
  slotId: id,
  startsAt: instant,
  endsAt: instant,
  price: money,
  holdExpiresAt: instant.nullable(),
  /** The patient's reason. Null for admins, and for the doctor while the patient's consent is not in force. */
  reason: z.string().nullable(),
  /** True if there is a reason that the doctor cannot read, because the patient's consent is missing. */
  reasonWithheld: z.boolean(),
  createdAt: instant,
  /** `absence`: the doctor did not come. */
  cancelledBy: z.enum(["patient", "doctor", "admin", "payment", "absence"]).nullable(),
  doctor: z.object({ id, name: z.string(), specializations: z.array(z.string()) }),
  payment,
  consultation: consultation.nullable(),
  refund: refund.nullable(),
});
export type Booking = z.infer<typeof booking>;
export const bookingPage = page(booking);

/** The alternatives to a slot that was just taken. */
export const held = booking
  .omit({
    doctor: true,
    reason: true,
    reasonWithheld: true,
    consultation: true,
    refund: true,
    createdAt: true,
    cancelledBy: true,
  })
  .extend({
    holdExpiresAt: instant,
    payment: payment.omit({ refunded: true, refundedByClinic: true }),
  });
export type Held = z.infer<typeof held>;

export const listBookingsInput = pageInput.extend({
  status: bookingStatus.optional(),
  from: instantInput.optional(),
  to: instantInput.optional(),
});
export type ListBookings = z.infer<typeof listBookingsInput>;

/** A booking as its doctor sees it in the list of the day. */
const doctorBooking = booking.omit({ doctor: true }).extend({
  patient: z.object({
    id,
    name: z.string(),
    age: z.int().nullable(),
    gender: z.string().nullable(),
  }),
});
export type DoctorBooking = z.infer<typeof doctorBooking>;
export const doctorBookingPage = page(doctorBooking);

export const cancelInput = bookingInput.extend({
  reason: text(500).optional(),
  /** The refund that the caller was shown, in minor units. If it is another by now: REFUND_CHANGED. */
  expectedRefund: z.int().min(0).optional(),
  /** The state that the caller was shown. If it is another by now: ILLEGAL_TRANSITION. */
  expectedStatus: bookingStatus.optional(),
});
export type CancelOptions = Omit<z.infer<typeof cancelInput>, "bookingId">;

/** What a cancellation gives back now and later. Before the payment: what it will give back. */
export const cancellationQuote = z.object({
  refund: money,
  percent: z.int(),
  /** True if the start has passed and the doctor has not started. Then everything is refunded. */
  hasBegun: z.boolean(),
  /** The shares that apply now and later, soonest first. After the last one: nothing. */
  tiers: z.array(z.object({ until: instant, percent: z.int(), refund: money })),
  /** For how many minutes after the payment a cancellation is free, at most until the start. */
  freeMinutes: z.int(),
  /** The highest share that can be refunded. A reschedule lowers it to the share at that moment; else 100. */
  capPercent: z.int(),
  price: money,
  /** The part of the price that was refunded already. */
  refunded: money,
});
export type CancellationQuote = z.infer<typeof cancellationQuote>;

export const rescheduleInput = bookingInput.extend({ slotId: id });
export type Reschedule = z.infer<typeof rescheduleInput>;

export const extended = z.object({
  bookingId: id,
  holdExpiresAt: instant,
  extensionsLeft: z.int(),
});
