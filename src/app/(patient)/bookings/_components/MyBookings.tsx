"use client";

import { Skeleton, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Booking } from "@/server/bookings/schema";
import { EmptyNotice } from "../../../_components/EmptyNotice";
import { ErrorNotice } from "../../../_components/ErrorNotice";
import { LinkButton } from "../../../_components/LinkButton";
import { ShowMore } from "../../../_components/ShowMore";
import { TimeZoneNote } from "../../../_components/TimeZoneNote";
import { useTRPC } from "../../../_trpc/client";
import { BookingRow } from "./BookingRow";
import classes from "./MyBookings.module.css";

const isUpcoming = ({ status, endsAt }: Booking, now: number): boolean =>
  (status === "PENDING" || status === "CONFIRMED") && Date.parse(endsAt) > now;

/** Upcoming bookings, soonest first, and the rest, latest first. */
export function MyBookings() {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.bookings.list.infiniteQueryOptions(
      { limit: 50 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, refetchInterval: 60_000 },
    ),
  );
  if (query.isPending) return <BookingListSkeleton />;
  if (query.isError && !query.data) {
    return (
      <div className={classes.notice}>
        <ErrorNotice
          error={query.error}
          title="We could not load your bookings"
          onRetry={() => query.refetch()}
        />
      </div>
    );
  }

  const now = Date.now();
  const bookings = query.data.pages.flatMap((page) => page.items);
  const byStart = (a: Booking, b: Booking) => a.startsAt.localeCompare(b.startsAt);
  const upcoming = bookings.filter((booking) => isUpcoming(booking, now)).sort(byStart);
  const past = bookings
    .filter((booking) => !isUpcoming(booking, now))
    .sort((a, b) => byStart(b, a));

  if (bookings.length === 0) {
    return (
      <div className={classes.notice}>
        <EmptyNotice
          title="No bookings yet"
          text="When you book a consultation you find it here, with its time, its payment and what happens next."
        >
          <LinkButton href="/doctors">Find a doctor</LinkButton>
        </EmptyNotice>
      </div>
    );
  }
  return (
    <>
      <TimeZoneNote />
      <section className={classes.section} aria-labelledby="upcoming">
        <Title order={2} id="upcoming">
          Upcoming
        </Title>
        {upcoming.length > 0 ? (
          <BookingList bookings={upcoming} />
        ) : (
          <div className={classes.none}>
            <p>You have no consultation coming up.</p>
            <LinkButton href="/doctors" variant="default">
              Find a doctor
            </LinkButton>
          </div>
        )}
      </section>
      {past.length > 0 ? (
        <section className={classes.section} aria-labelledby="past">
          <Title order={2} id="past">
            Past
          </Title>
          <BookingList bookings={past} quiet />
        </section>
      ) : null}
      <ShowMore query={query} what="bookings" />
    </>
  );
}

function BookingList({ bookings, quiet }: { bookings: Booking[]; quiet?: boolean }) {
  return (
    <ul className={classes.list} data-quiet={quiet || undefined}>
      {bookings.map((booking) => (
        <li key={booking.id}>
          <BookingRow booking={booking} />
        </li>
      ))}
    </ul>
  );
}

/** The shape of the list while it loads. */
export function BookingListSkeleton() {
  return (
    <div className={classes.section} role="status" aria-label="Loading your bookings">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} height={104} mb={12} radius="lg" />
      ))}
    </div>
  );
}
