"use client";

import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useServerNow } from "@/app/_components/Clock";
import { useTRPC } from "@/app/_trpc/client";
import type { Booking } from "@/server/bookings/schema";
import sheet from "./Sheet.module.css";

const ASK_AGAIN_MS = 30_000;
/** The video consultation opens this long before its start. */
const OPENS_BEFORE_MS = 15 * 60_000;
const TICK_MS = 5000;

/**
 * Tells the patient that the doctor has not started yet. Each time the page queries the consultation, the
 * server records that the patient waits. A hidden page does not query it.
 */
export function WaitingNotice({ booking }: { booking: Booking }) {
  const trpc = useTRPC();
  const now = useServerNow(TICK_MS);
  const startsIn = Date.parse(booking.startsAt) - now;
  const isDue = booking.consultation?.status === "SCHEDULED" && startsIn < OPENS_BEFORE_MS;
  const { data } = useQuery(
    trpc.consultations.get.queryOptions(
      { bookingId: booking.id },
      { enabled: isDue, refetchInterval: ASK_AGAIN_MS },
    ),
  );
  if (!isDue || data?.status !== "SCHEDULED" || data.joinUrl === null) return null;
  return (
    <section className={sheet.card} aria-labelledby="waiting">
      <Title order={2} size="h3" id="waiting" mb="sm">
        You are waiting
      </Title>
      <Text role="status">
        {startsIn <= 0
          ? `${booking.doctor.name} has not started yet. If you cancel now, or if the doctor does not come, you get everything back.`
          : `${booking.doctor.name} has not started yet.`}
      </Text>
      <Text size="sm" c="dimmed" mt="xs">
        Keep this page open. While it is open, we know that you are here.
      </Text>
    </section>
  );
}
