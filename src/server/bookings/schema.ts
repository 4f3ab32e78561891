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
  /** What went back or is on its way, all in all. */
  refunded: money,
  /** What of it the clinic gave back by hand, on its own account. */
  refundedByClinic: money,
  /** Where to pay; null once nothing is left to pay. */
  checkoutUrl: z.string().nullable(),
});

const consultation = z.object({
  id,
  status: z.enum(["SCHEDULED", "ACTIVE", "COMPLETED", "CANCELLED", "NO_SHOW"]),
});

/** What this app owed and gave back; what the clinic gave by hand is in the payment. */
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
  /** What it is about. Null for admins, and for the doctor while the patient's consent is not in force. */
  reason: z.string().nullable(),
  /** A reason was given, and the doctor cannot read it: there is no consent. */
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

/** What a slot that was just taken leaves to choose from. */
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

/** A booking as its doctor sees it in the day's list. */
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
  /** The refund that was shown, in minor units: another one refuses with REFUND_CHANGED. */
  expectedRefund: z.int().min(0).optional(),
  /** The state that was shown: another one refuses with ILLEGAL_TRANSITION. */
  expectedStatus: bookingStatus.optional(),
});
export type CancelOptions = Omit<z.infer<typeof cancelInput>, "bookingId">;

/** What cancelling now gives back, and what later: amounts of what was paid, or would be. */
export const cancellationQuote = z.object({
  refund: money,
  percent: z.int(),
  /** The time has begun and the doctor has not started: everything goes back, whatever the steps say. */
  hasBegun: z.boolean(),
  /** Each share that holds now or later, soonest first; the first holds now. Later than the last: nothing. */
  tiers: z.array(z.object({ until: instant, percent: z.int(), refund: money })),
  /** For how many minutes after paying a cancellation is free, but not beyond the start. */
  freeMinutes: z.int(),
  /** No more than this goes back, since the visit was moved when no more would have; 100 otherwise. */
  capPercent: z.int(),
  price: money,
  /** What of the price went back already. */
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
