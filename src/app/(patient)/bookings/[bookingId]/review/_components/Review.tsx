"use client";

import { Button, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useServerNow } from "@/app/_components/Clock";
import { formatMoney } from "@/app/_components/format";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking, CancellationQuote } from "@/server/bookings/schema";
import { ConsultationCard } from "../../_components/ConsultationCard";
import { RefundSteps } from "../../_components/RefundSteps";
import sheet from "../../_components/Sheet.module.css";
import { ExtendHold } from "./ExtendHold";
import { HoldCountdown } from "./HoldCountdown";
import { HoldExpired } from "./HoldExpired";
import { PayButton } from "./PayButton";
import { ReleaseHold } from "./ReleaseHold";
import classes from "./Review.module.css";

const ASK_AGAIN_MS = 3000;

/** Shows the held consultation, its price and the countdown. The server decides when the hold has ended. */
export function Review({
  initial,
  terms,
  consented,
}: {
  initial: Booking;
  terms: CancellationQuote;
  consented: boolean;
}) {
  const trpc = useTRPC();
  const now = useServerNow();
  const over = (booking: Booking) =>
    booking.holdExpiresAt !== null && Date.parse(booking.holdExpiresAt) <= now;
  const { data: booking } = useQuery(
    trpc.bookings.get.queryOptions(
      { bookingId: initial.id },
      {
        initialData: initial,
        refetchInterval: (query) => {
          const current = query.state.data;
          return current?.status === "PENDING" && over(current) ? ASK_AGAIN_MS : false;
        },
      },
    ),
  );

  if (booking.status === "EXPIRED" || booking.status === "CANCELLED") {
    return <HoldExpired booking={booking} hasBegun={Date.parse(booking.startsAt) <= now} />;
  }
  const ended = over(booking);
  const lastsUntilStart = booking.holdExpiresAt === booking.startsAt;
  const { checkoutUrl } = booking.payment;
  return (
    <>
      <Title order={1}>Review and pay</Title>
      {booking.holdExpiresAt ? (
        <>
          <HoldCountdown
            from={booking.createdAt}
            until={booking.holdExpiresAt}
            now={now}
            ended={ended}
            lastsUntilStart={lastsUntilStart}
          />
          <ExtendHold
            bookingId={booking.id}
            left={Date.parse(booking.holdExpiresAt) - now}
            lastsUntilStart={lastsUntilStart}
          />
        </>
      ) : null}
      <div className={sheet.layout}>
        <ConsultationCard booking={booking} />
        <section className={sheet.card} aria-labelledby="price">
          <Title order={2} size="h3" id="price" mb="md">
            Price
          </Title>
          <dl className={`${sheet.lines} ${classes.lines}`}>
            <dt>Consultation</dt>
            <dd>{formatMoney(booking.price)}</dd>
            <dt className={classes.total}>To pay</dt>
            <dd className={classes.total}>{formatMoney(booking.payment.amount)}</dd>
          </dl>
          <div className={classes.terms}>
            <Title order={3} size="h5">
              If you cancel, you get back
            </Title>
            <RefundSteps quote={terms} unpaid />
          </div>
          {checkoutUrl && !ended ? (
            // Only the path is used: under the configured origin, a visitor of "localhost" is not signed in.
            <PayButton
              booking={booking}
              href={new URL(checkoutUrl).pathname}
              consented={consented}
            />
          ) : (
            <Button size="lg" fullWidth disabled>
              Pay {formatMoney(booking.payment.amount)}
            </Button>
          )}
          <p className={classes.small}>
            You pay on the payment provider’s page and come back here. Your time is confirmed as
            soon as the payment is in.
          </p>
          <ReleaseHold booking={booking} />
        </section>
      </div>
    </>
  );
}
