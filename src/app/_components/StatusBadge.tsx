import {
  IconCheck,
  IconChecks,
  IconClock,
  IconHourglassEmpty,
  IconUserOff,
  IconX,
} from "@tabler/icons-react";
import type { Booking, BookingStatus } from "@/server/bookings/schema";
import { Mark } from "./Mark";

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

/** A booking's state in one word, a tint and an icon; colour never speaks alone. */
export function StatusBadge({ status }: { status: BookingStatus }) {
  const { label, color, Icon } = BOOKING[status];
  return (
    <Mark color={color} Icon={Icon}>
      {label}
    </Mark>
  );
}

/** The word for a booking's state. */
export function bookingStatusLabel(status: BookingStatus): string {
  return BOOKING[status].label;
}

/** The word for a booking's payment: one that was never tried did not fail. */
export function paymentLabelOf({ status, payment }: Pick<Booking, "status" | "payment">): string {
  return status === "EXPIRED" && payment.status === "FAILED" ? "Not paid" : PAYMENT[payment.status];
}

/** The word for a payment's state. */
export function paymentStatusLabel(status: PaymentStatus): string {
  return PAYMENT[status];
}
