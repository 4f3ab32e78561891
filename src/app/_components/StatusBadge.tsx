import {
  IconCheck,
  IconChecks,
  IconClock,
  IconHourglassEmpty,
  IconUserOff,
  IconX,
} from "@tabler/icons-react";
import type { Booking, BookingStatus } from "@/server/bookings/schema";
import { IconBadge } from "./IconBadge";

type PaymentStatus = Booking["payment"]["status"];

const BOOKING = {
  PENDING: { label: "Waiting for payment", color: "turmeric", Icon: IconClock },
  CONFIRMED: { label: "Confirmed", color: "leaf", Icon: IconCheck },
  COMPLETED: { label: "Completed", color: "slate", Icon: IconChecks },
  NO_SHOW: { label: "Missed", color: "clay", Icon: IconUserOff },
  EXPIRED: { label: "Hold ran out", color: "slate", Icon: IconHourglassEmpty },
  CANCELLED: { label: "Cancelled", color: "slate", Icon: IconX },
} as const satisfies Record<BookingStatus, { label: string; color: string; Icon: typeof IconX }>;

const PAYMENT = {
  PENDING: "Not paid yet",
  SUCCEEDED: "Paid",
  FAILED: "Payment failed",
  REFUND_PENDING: "Refund on its way",
  PARTIALLY_REFUNDED: "Partly refunded",
  REFUNDED: "Refunded",
} satisfies Record<PaymentStatus, string>;

/** A doctor who did not come is a state of its own for people, though the booking is cancelled. */
const ABSENCE = { label: "Doctor did not come", color: "clay", Icon: IconUserOff } as const;

type State = Pick<Booking, "status" | "cancelledBy">;

/** A booking's state in a few words, a tint and an icon; colour never speaks alone. */
export function StatusBadge({ booking, toDoctor }: { booking: State; toDoctor?: boolean }) {
  const absent = toDoctor ? { ...ABSENCE, label: "You did not start" } : ABSENCE;
  const { label, color, Icon } =
    booking.cancelledBy === "absence" ? absent : BOOKING[booking.status];
  return (
    <IconBadge color={color} Icon={Icon}>
      {label}
    </IconBadge>
  );
}

/** The word for a booking's state. */
export function bookingStatusLabel(status: BookingStatus): string {
  return BOOKING[status].label;
}

/** The word for a booking's state, or that its doctor did not come. */
export const bookingStateLabel = ({ status, cancelledBy }: State): string =>
  cancelledBy === "absence" ? ABSENCE.label : bookingStatusLabel(status);

/** The word for a booking's payment: one that was never tried did not fail. */
export function paymentLabelOf({ status, payment }: Pick<Booking, "status" | "payment">): string {
  return status === "EXPIRED" && payment.status === "FAILED" ? "Not paid" : PAYMENT[payment.status];
}

/** The word for a payment's state. */
export function paymentStatusLabel(status: PaymentStatus): string {
  return PAYMENT[status];
}
