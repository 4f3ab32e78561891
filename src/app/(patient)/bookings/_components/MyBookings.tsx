"use client";

import { Skeleton, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { LinkButton } from "@/app/_components/LinkButton";
import { ShowMore } from "@/app/_components/ShowMore";
import { TimeZoneNote } from "@/app/_components/TimeZoneNote";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking } from "@/server/bookings/schema";
import { BookingRow } from "./BookingRow";
import classes from "./MyBookings.module.css";

type Group = "upcoming" | "past" | "dropped";

/** Chooses the section of a booking. "Past" has visits only: an expired or cancelled booking was no visit. */
function groupOf({ status, cancelledBy, endsAt }: Booking, now: number): Group {
  if (status === "PENDING" || status === "CONFIRMED") {
    return Date.parse(endsAt) > now ? "upcoming" : "past";
  }
  const wasVisit = status === "COMPLETED" || status === "NO_SHOW" || cancelledBy === "absence";
  return wasVisit ? "past" : "dropped";
}

/** Lists upcoming bookings, soonest first, then past visits and cancelled bookings, latest first. */
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
  const inGroup = (group: Group) => bookings.filter((booking) => groupOf(booking, now) === group);
  const upcoming = inGroup("upcoming").sort(byStart);
  const latestFirst = (a: Booking, b: Booking) => byStart(b, a);

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
      <Section id="past" title="Past visits" bookings={inGroup("past").sort(latestFirst)} />
      <Section
        id="dropped"
        title="Cancelled or not paid"
        bookings={inGroup("dropped").sort(latestFirst)}
      />
      <ShowMore query={query} what="bookings" />
    </>
  );
}

function Section({ id, title, bookings }: { id: string; title: string; bookings: Booking[] }) {
  if (bookings.length === 0) return null;
  return (
    <section className={classes.section} aria-labelledby={id}>
      <Title order={2} id={id}>
        {title}
      </Title>
      <BookingList bookings={bookings} quiet />
    </section>
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

/** The skeleton of the list. */
export function BookingListSkeleton() {
  return (
    <div className={classes.section} role="status" aria-label="Loading your bookings">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} height={104} mb={12} radius="lg" />
      ))}
    </div>
  );
}
