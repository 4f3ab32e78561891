import { InitialsAvatar } from "@/app/_components/InitialsAvatar";
import { RowLink } from "@/app/_components/RowLink";
import { StatusBadge } from "@/app/_components/StatusBadge";
import { When } from "@/app/_components/When";
import type { Booking } from "@/server/bookings/schema";
import classes from "./BookingRow.module.css";

/** Shows one booking in the list. The whole row links to the booking. */
export function BookingRow({ booking }: { booking: Booking }) {
  const { doctor } = booking;
  return (
    <article className={classes.row}>
      <InitialsAvatar id={doctor.id} name={doctor.name} size={48} />
      <div className={classes.what}>
        <p className={classes.when}>
          <When at={booking.startsAt} as="day" />,{" "}
          <When at={booking.startsAt} until={booking.endsAt} as="range" />
        </p>
        <p>
          <RowLink href={`/bookings/${booking.id}`}>{doctor.name}</RowLink>
          <span className={classes.field}> · {doctor.specializations[0]}</span>
        </p>
      </div>
      <StatusBadge booking={booking} />
    </article>
  );
}
