"use client";

import { Loader, Title } from "@mantine/core";
import {
  IconCalendarCheck,
  IconCircleCheck,
  IconClock,
  IconInfoCircle,
  IconReceiptRefund,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { formatMoney, localDate } from "@/app/_components/format";
import { LinkButton } from "@/app/_components/LinkButton";
import { useTimeZone } from "@/app/_components/TimeZone";
import { When } from "@/app/_components/When";
import type { Booking } from "@/server/bookings/schema";
import classes from "./NextSteps.module.css";

type Tone = "good" | "waiting" | "quiet";
type Message = { tone: Tone; Icon: TablerIcon; title: string; text: ReactNode; action?: ReactNode };

/** Describes the refund in full sentences: which part of the payment, and whether it has been sent. */
function refundText({ payment, refund }: Booking): string {
  const { status, amount, refunded, refundedByClinic } = payment;
  if (status === "FAILED" || status === "PENDING") return "You have not been charged.";
  const paid = formatMoney(amount);
  if (status === "REFUNDED") return `All that you paid, ${paid}, has been sent back to you.`;
  const isByClinic = refundedByClinic.amount > 0;
  const sentences = [
    isByClinic
      ? `The clinic has sent ${formatMoney(refundedByClinic)} of the ${paid} back to you.`
      : "",
    refund?.status === "SUCCEEDED"
      ? `${formatMoney(refund.amount)} of the ${paid} that you paid has been sent back to you.`
      : refund
        ? `${formatMoney(refund.amount)} of the ${paid} that you paid is on its way back to you.`
        : "",
    refunded.amount === 0 ? `Nothing of the ${paid} that you paid is refunded.` : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

type Explanation = { title: string; text: string };

/** Explains to the patient why a booking is cancelled. */
const CANCELLED: Record<
  NonNullable<Booking["cancelledBy"]>,
  (doctorName: string) => Explanation
> = {
  patient: () => ({ title: "You cancelled this booking", text: "" }),
  doctor: (name) => ({
    title: "The doctor cancelled this booking",
    text: `${name} had to cancel. We are sorry.`,
  }),
  admin: () => ({ title: "The clinic cancelled this booking", text: "We are sorry." }),
  payment: () => ({
    title: "The payment did not go through",
    text: "You can pick the time again if it is still free.",
  }),
  absence: (name) => ({
    title: "The doctor did not come",
    text: `${name} did not start this consultation, so it did not take place. We are sorry.`,
  }),
};

function messageOf(booking: Booking): Message {
  const again = (
    <LinkButton href={`/doctors/${booking.doctorId}`} variant="default">
      Pick another time
    </LinkButton>
  );
  switch (booking.status) {
    case "PENDING":
      return {
        tone: "waiting",
        Icon: IconClock,
        title: "This time is held for you",
        text: booking.holdExpiresAt ? (
          <>
            It is yours once it is paid. We hold it until{" "}
            <When at={booking.holdExpiresAt} as="time" />.
          </>
        ) : (
          "It is yours once it is paid."
        ),
        action: (
          <LinkButton href={`/bookings/${booking.id}/review`}>Continue to payment</LinkButton>
        ),
      };
    case "CONFIRMED":
      return {
        tone: "good",
        Icon: IconCircleCheck,
        title: "Your consultation is confirmed",
        text: (
          <>
            {booking.doctor.name} expects you on <When at={booking.startsAt} as="longDay" /> at{" "}
            <When at={booking.startsAt} as="time" />. Until then: find a quiet place with a good
            connection, and have earlier prescriptions and reports at hand.
            {booking.payment.refunded.amount > 0 ? ` ${refundText(booking)}` : null}
          </>
        ),
      };
    case "COMPLETED":
      return {
        tone: "quiet",
        Icon: IconCalendarCheck,
        title: "This consultation is over",
        text: `You saw ${booking.doctor.name}. To see them again, pick a new time.`,
        action: again,
      };
    case "NO_SHOW":
      return {
        tone: "quiet",
        Icon: IconInfoCircle,
        title: "You missed each other",
        text: `The doctor noted that this consultation did not take place. ${refundText(booking)}`,
        action: again,
      };
    case "EXPIRED":
      return {
        tone: "quiet",
        Icon: booking.refund ? IconReceiptRefund : IconInfoCircle,
        title: "The hold ran out",
        text: `This time was not paid while we held it, so it is no longer yours. ${refundText(booking)}`,
        action: again,
      };
    case "CANCELLED": {
      const { title, text } = CANCELLED[booking.cancelledBy ?? "admin"](booking.doctor.name);
      return {
        tone: "quiet",
        Icon: booking.refund ? IconReceiptRefund : IconInfoCircle,
        title,
        text: `${text} ${refundText(booking)}`.trim(),
        action: booking.cancelledBy === "payment" ? <TryAgain booking={booking} /> : again,
      };
    }
  }
}

/** Links to the same slot on the doctor's page, which opens it again if it is still free. */
function TryAgain({ booking }: { booking: Booking }) {
  const { zone } = useTimeZone();
  const choice = new URLSearchParams({
    slot: booking.slotId,
    day: localDate(booking.startsAt, zone),
  });
  return (
    <LinkButton href={`/doctors/${booking.doctorId}?${choice}`}>Try this time again</LinkButton>
  );
}

/** Explains a booking's status and offers the next action. Screen readers announce changes. */
export function NextSteps({
  booking,
  confirming,
  slow,
}: {
  booking: Booking;
  confirming: boolean;
  slow: boolean;
}) {
  if (confirming) {
    return (
      <div className={classes.panel} data-tone="waiting" role="status">
        <Loader size={32} color="turmeric.7" aria-hidden />
        <div>
          <Title order={1} size="h2">
            Confirming your payment…
          </Title>
          <p>
            {slow
              ? "This takes longer than usual. You may leave this page; we go on in the background and show the result here and under My bookings. Please do not pay twice."
              : "The payment provider is telling us about it. This page changes by itself, usually within seconds."}
          </p>
        </div>
      </div>
    );
  }
  const { tone, Icon, title, text, action } = messageOf(booking);
  return (
    <div className={classes.panel} data-tone={tone} role="status">
      <Icon size={32} stroke={1.6} aria-hidden className={classes.icon} />
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        <p>{text}</p>
        {action ? <div className={classes.action}>{action}</div> : null}
      </div>
    </div>
  );
}
