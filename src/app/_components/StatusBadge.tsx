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

/** Users see the doctor's absence as a state of its own, although the booking's status is CANCELLED. */
const ABSENCE = { label: "Doctor did not come", color: "clay", Icon: IconUserOff } as const;

type State = Pick<Booking, "status" | "cancelledBy">;

/** Shows a booking's state as a badge. @param toDoctor the viewer is the doctor. */
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

/** Returns the label of a booking's status. */
export function bookingStatusLabel(status: BookingStatus): string {
  return BOOKING[status].label;
}

/** Returns the label of a booking's status, or says that the doctor did not come. */
export const bookingStateLabel = ({ status, cancelledBy }: State): string =>
  cancelledBy === "absence" ? ABSENCE.label : bookingStatusLabel(status);

/**
 * Returns the label of a booking's payment. The payment of an expired hold is "Not paid": the hold ended
 * without a payment, so none could fail.
 */
export function paymentLabelOf({ status, payment }: Pick<Booking, "status" | "payment">): string {
  return status === "EXPIRED" && payment.status === "FAILED" ? "Not paid" : PAYMENT[payment.status];
}

/** Returns the label of a payment's status. */
export function paymentStatusLabel(status: PaymentStatus): string {
  return PAYMENT[status];
}
