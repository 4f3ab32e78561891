"use client";

import { Button, Title } from "@mantine/core";
import { useState } from "react";
import { useServerNow } from "@/app/_components/Clock";
import { LinkButton } from "@/app/_components/LinkButton";
import type { Booking } from "@/server/bookings/schema";
import classes from "./BookingDetail.module.css";
import { CancelDialog } from "./CancelDialog";

const MINUTE = 60_000;

/** Lets a patient reschedule or cancel a confirmed booking, or release a hold. */
export function ManageBooking({ booking }: { booking: Booking }) {
  const now = useServerNow(MINUTE);
  const [cancelling, setCancelling] = useState(false);
  const confirmed = booking.status === "CONFIRMED";
  const begun = booking.consultation !== null && booking.consultation.status !== "SCHEDULED";
  if (begun || !(confirmed || booking.status === "PENDING")) return null;
  const ahead = Date.parse(booking.startsAt) > now;
  return (
    <section className={classes.card} aria-labelledby="manage">
      <Title order={2} size="h3" id="manage" mb="md">
        Change something?
      </Title>
      {confirmed && ahead ? (
        <LinkButton href={`/bookings/${booking.id}/reschedule`} variant="light" fullWidth mb="sm">
          Move to another time
        </LinkButton>
      ) : null}
      <Button variant="default" fullWidth onClick={() => setCancelling(true)}>
        {confirmed ? "Cancel consultation…" : "Let this time go…"}
      </Button>
      <CancelDialog booking={booking} opened={cancelling} onClose={() => setCancelling(false)} />
    </section>
  );
}
