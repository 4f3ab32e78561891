"use client";

import { Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { EmptyNotice } from "@/app/_components/EmptyNotice";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import {
  addDays,
  formatCalendarDay,
  isCalendarDay,
  localDate,
  startOfDay,
} from "@/app/_components/format";
import { useTimeZone } from "@/app/_components/TimeZone";
import { TimeZoneNote } from "@/app/_components/TimeZoneNote";
import { useTRPC } from "@/app/_trpc/client";
import type { DoctorBooking } from "@/server/bookings/schema";
import { AppointmentRow } from "./AppointmentRow";
import { DaySwitcher } from "./DaySwitcher";
import classes from "./DoctorDay.module.css";

/** The page size. One page holds a whole day of consultations. */
const MAX_PER_DAY = 100;
const REFRESH_MS = 30_000;

const takesPlace = ({ status }: DoctorBooking) => status !== "CANCELLED" && status !== "EXPIRED";

/** Lists the consultations of one day. The day is in the address; the default is today. */
export function DoctorDay() {
  const { zone, known } = useTimeZone();
  const requestedDay = useSearchParams().get("day");
  const today = localDate(new Date(), zone);
  const day = isCalendarDay(requestedDay) ? requestedDay : today;

  function go(next: string) {
    history.replaceState(null, "", next === today ? "/doctor" : `/doctor?day=${next}`);
  }

  if (!known) return <Skeleton height={120} mt="lg" />;
  return (
    <>
      <TimeZoneNote />
      <div className={classes.layout}>
        <DaySwitcher day={day} today={today} onChange={go} />
        <section aria-labelledby="day">
          <Title order={2} id="day">
            {day === today ? "Today, " : ""}
            {formatCalendarDay(day, "long")}
          </Title>
          <DayList day={day} zone={zone} isToday={day === today} />
        </section>
      </div>
    </>
  );
}

function DayList({ day, zone, isToday }: { day: string; zone: string; isToday: boolean }) {
  const trpc = useTRPC();
  const query = useQuery(
    trpc.bookings.ofDoctor.queryOptions(
      {
        from: startOfDay(day, zone),
        to: startOfDay(addDays(day, 1), zone),
        limit: MAX_PER_DAY,
      },
      { refetchInterval: REFRESH_MS },
    ),
  );
  if (query.isPending) return <DaySkeleton />;
  if (query.isError && !query.data) {
    return (
      <ErrorNotice
        error={query.error}
        title="We could not load this day"
        onRetry={() => query.refetch()}
      />
    );
  }
  const coming = query.data.items.filter(takesPlace);
  const dropped = query.data.items.filter((booking) => !takesPlace(booking));
  return (
    <>
      <p className={classes.count} role="status">
        {coming.length === 0
          ? ""
          : `${coming.length} ${coming.length === 1 ? "consultation" : "consultations"}`}
      </p>
      {coming.length === 0 ? (
        <EmptyNotice
          heading={3}
          title={isToday ? "Nobody is booked today" : "Nobody is booked on this day"}
          text="When a patient books one of your times, it appears here by itself."
        />
      ) : (
        <AppointmentList bookings={coming} label="Consultations" />
      )}
      {dropped.length > 0 ? (
        <div className={classes.dropped}>
          <Title order={3} size="h4">
            Not taking place
          </Title>
          <AppointmentList bookings={dropped} label="Not taking place" />
        </div>
      ) : null}
    </>
  );
}

function AppointmentList({ bookings, label }: { bookings: DoctorBooking[]; label: string }) {
  return (
    <ol className={classes.list} aria-label={label}>
      {bookings.map((booking) => (
        <li key={booking.id}>
          <AppointmentRow booking={booking} />
        </li>
      ))}
    </ol>
  );
}

function DaySkeleton() {
  return (
    <div role="status" aria-label="Loading the day">
      {["a", "b", "c"].map((key) => (
        <Skeleton key={key} height={96} mt="md" radius="lg" />
      ))}
    </div>
  );
}
