"use client";

import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { formatMoney } from "@/app/_components/format";
import { TextLink } from "@/app/_components/LinkButton";
import { paymentLabelOf, StatusBadge } from "@/app/_components/StatusBadge";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking } from "@/server/bookings/schema";
import classes from "./BookingDetail.module.css";
import { BookingTimeline } from "./BookingTimeline";
import { ConsultationCard } from "./ConsultationCard";
import { ManageBooking } from "./ManageBooking";
import { NextSteps } from "./NextSteps";
import sheet from "./Sheet.module.css";
import { WaitingNotice } from "./WaitingNotice";

const POLL_MS = 1500;
/** After this time the page says that the confirmation takes longer than usual. */
const SLOW_MS = 20_000;

/**
 * Shows a booking with its status, payment and progress. After the checkout it asks the server repeatedly
 * until the payment is confirmed.
 */
export function BookingDetail({
  initial,
  fromCheckout,
}: {
  initial: Booking;
  fromCheckout: boolean;
}) {
  const trpc = useTRPC();
  const { data: booking } = useQuery(
    trpc.bookings.get.queryOptions(
      { bookingId: initial.id },
      {
        initialData: initial,
        refetchInterval: (query) =>
          fromCheckout && query.state.data?.status === "PENDING" ? POLL_MS : false,
      },
    ),
  );
  const confirming = fromCheckout && booking.status === "PENDING";
  const slow = useAfter(SLOW_MS, confirming);

  return (
    <>
      <p className={classes.back}>
        <TextLink href="/bookings" size="sm">
          <span aria-hidden>← </span>My bookings
        </TextLink>
      </p>
      <NextSteps booking={booking} confirming={confirming} slow={slow} />
      <div className={sheet.layout}>
        <ConsultationCard
          booking={booking}
          mark={confirming ? null : <StatusBadge booking={booking} />}
        />
        <div className={classes.side}>
          <WaitingNotice booking={booking} />
          <section className={sheet.card} aria-labelledby="payment">
            <Title order={2} size="h3" id="payment" mb="sm">
              Payment
            </Title>
            <dl className={sheet.lines}>
              <dt>Price</dt>
              <dd>{formatMoney(booking.price)}</dd>
              <dt>Payment</dt>
              <dd>{confirming ? "Being confirmed" : paymentLabelOf(booking)}</dd>
              {booking.refund ? (
                <>
                  <dt>Refund</dt>
                  <dd>{formatMoney(booking.refund.amount)}</dd>
                </>
              ) : null}
              {booking.payment.refundedByClinic.amount > 0 ? (
                <>
                  <dt>Refunded by the clinic</dt>
                  <dd>{formatMoney(booking.payment.refundedByClinic)}</dd>
                </>
              ) : null}
            </dl>
            {booking.payment.status === "PENDING" || booking.payment.status === "FAILED" ? null : (
              <p className={classes.receipt}>
                <TextLink href={`/payments/${booking.payment.id}`} size="sm">
                  Receipt
                </TextLink>
              </p>
            )}
          </section>
          {confirming ? null : <ManageBooking booking={booking} />}
          <section className={sheet.card} aria-labelledby="history">
            <Title order={2} size="h3" id="history" mb="md">
              Progress
            </Title>
            <BookingTimeline booking={booking} />
          </section>
        </div>
      </div>
    </>
  );
}

/** Returns true once `running` has been true for the given time. */
function useAfter(ms: number, running: boolean): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [ms, running]);
  return running && passed;
}
