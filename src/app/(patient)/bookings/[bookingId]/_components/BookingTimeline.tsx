import { Text, Timeline } from "@mantine/core";
import {
  IconCalendarEvent,
  IconCheck,
  IconClock,
  IconCreditCard,
  IconReceiptRefund,
  IconX,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatMoney } from "@/app/_components/format";
import { bookingStateLabel, bookingStatusLabel } from "@/app/_components/StatusBadge";
import { When } from "@/app/_components/When";
import type { Booking } from "@/server/bookings/schema";

type Step = { title: string; text?: ReactNode; Icon: TablerIcon; done: boolean; color?: string };

/** Returns the steps of a booking, both past and future. */
function stepsOf(booking: Booking): Step[] {
  const { status, payment, refund } = booking;
  const paid = !["PENDING", "FAILED"].includes(payment.status);
  // An expired hold ended without a payment, so no payment failed.
  const failed = payment.status === "FAILED" && status !== "EXPIRED";
  const held: Step = {
    title: "Time held",
    text: <When at={booking.createdAt} />,
    Icon: IconClock,
    done: true,
  };
  const payStep: Step = {
    title: paid ? "Paid" : payment.status === "PENDING" ? "Payment" : "Payment failed",
    text: formatMoney(payment.amount),
    Icon: IconCreditCard,
    done: payment.status !== "PENDING",
    color: failed ? "slate" : undefined,
  };
  if (status === "CANCELLED" || status === "EXPIRED") {
    const end: Step = {
      title: bookingStateLabel(booking),
      Icon: IconX,
      done: true,
      color: "slate",
    };
    const back: Step = {
      title: refund?.status === "SUCCEEDED" ? "Refunded" : "Refund on its way",
      text: refund ? formatMoney(refund.amount) : undefined,
      Icon: IconReceiptRefund,
      done: refund?.status === "SUCCEEDED",
    };
    return [held, ...(paid || failed ? [payStep] : []), end, ...(refund ? [back] : [])];
  }
  const over = status === "COMPLETED" || status === "NO_SHOW";
  return [
    held,
    payStep,
    { title: "Confirmed", Icon: IconCheck, done: status !== "PENDING" },
    {
      title: over ? `Consultation: ${bookingStatusLabel(status).toLowerCase()}` : "Consultation",
      text: <When at={booking.startsAt} />,
      Icon: IconCalendarEvent,
      done: over,
    },
  ];
}

/** Shows the progress of a booking. The text says which steps are done, because colour alone is not accessible. */
export function BookingTimeline({ booking }: { booking: Booking }) {
  const steps = stepsOf(booking);
  const last = steps.findLastIndex(({ done }) => done);
  return (
    <Timeline active={last} bulletSize={28} lineWidth={2} color="leaf">
      {steps.map(({ title, text, Icon, done, color }) => (
        <Timeline.Item
          key={title}
          title={title}
          color={color}
          bullet={<Icon size={15} stroke={2} aria-hidden />}
          c={done ? undefined : "dimmed"}
        >
          <Text size="sm" c="dimmed">
            {text}
            {done ? null : text ? " · still to come" : "Still to come"}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
