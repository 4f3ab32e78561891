import { Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { TextLink } from "@/app/_components/LinkButton";
import { TimeSummary } from "@/app/_components/TimeSummary";
import { TimeZoneNote } from "@/app/_components/TimeZoneNote";
import type { Booking } from "@/server/bookings/schema";
import classes from "./Sheet.module.css";

/** Shows the doctor, time and reason of a consultation. The pages before and after the payment share it. */
export function ConsultationCard({ booking, mark }: { booking: Booking; mark?: ReactNode }) {
  const { doctor, startsAt, endsAt, reason, reasonWithheld } = booking;
  return (
    <section className={classes.card} aria-labelledby="what">
      <div className={classes.head}>
        <Title order={2} size="h3" id="what">
          Your consultation
        </Title>
        {mark}
      </div>
      <TimeSummary doctor={doctor} startsAt={startsAt} endsAt={endsAt} />
      <TimeZoneNote />
      {reason ? (
        <div className={classes.reason}>
          <Title order={3} size="h5">
            What it is about
          </Title>
          <p>{reason}</p>
          {reasonWithheld ? (
            <Text size="sm" c="dimmed" mt="xs">
              {doctor.name} cannot read this now: you have not agreed to online consultations, or
              have taken your agreement back.{" "}
              <TextLink href="/account#consent">Your consent</TextLink>
            </Text>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
