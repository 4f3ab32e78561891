import { Title } from "@mantine/core";
import type { Booking } from "@/server/bookings/schema";
import { LinkButton } from "../../_components/LinkButton";
import { When } from "../../_components/When";
import classes from "./NextBookingBanner.module.css";

/** Shows a patient's next consultation or current hold at the top of the home page. */
export function NextBookingBanner({ booking, now }: { booking: Booking; now: number }) {
  const { id, doctor, startsAt, endsAt, status, holdExpiresAt } = booking;
  const held = status === "PENDING" && holdExpiresAt !== null;
  const begun = Date.parse(startsAt) <= now;
  return (
    <section className={classes.next} data-held={held || undefined} aria-labelledby="next-up">
      <div>
        <Title order={2} size="h3" id="next-up">
          {held
            ? "We’re holding a time for you"
            : begun
              ? "Your consultation is now"
              : "Your next consultation"}
        </Title>
        <p className={classes.facts}>
          <When at={startsAt} as="longDay" />, <When at={startsAt} until={endsAt} as="range" />,
          with {doctor.name}
        </p>
        {held ? (
          <p className={classes.facts}>
            Until <When at={holdExpiresAt} as="time" /> nobody else can take it.
          </p>
        ) : null}
      </div>
      <LinkButton href={held ? `/bookings/${id}/review` : `/bookings/${id}`}>
        {held ? "Review and pay" : "See your consultation"}
      </LinkButton>
    </section>
  );
}

/** Links a doctor from the home page to their day. */
export function DoctorDayBanner() {
  return (
    <section className={classes.next} aria-labelledby="next-up">
      <div>
        <Title order={2} size="h3" id="next-up">
          Your day
        </Title>
        <p className={classes.facts}>Who comes to you today, and when.</p>
      </div>
      <LinkButton href="/doctor">Go to my day</LinkButton>
    </section>
  );
}
