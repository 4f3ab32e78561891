import { Alert, Anchor, List, Text } from "@mantine/core";
import { IconCalendarExclamation } from "@tabler/icons-react";
import { formatDayTime, localDate } from "@/app/_components/format";
import type { AvailabilityAnswer } from "@/server/availability/schema";

type Bookings = AvailabilityAnswer["conflictingBookings"];

/**
 * Lists bookings by time. Each links to its day in a new tab, because the hours on this page may have
 * unsaved changes.
 */
export function BookingList({ bookings, zone }: { bookings: Bookings; zone: string }) {
  return (
    <List size="sm" spacing={4}>
      {bookings.map(({ id, startsAt }) => {
        const when = formatDayTime(startsAt, zone);
        return (
          <List.Item key={id}>
            <Anchor
              href={`/doctor?day=${localDate(startsAt, zone)}`}
              target="_blank"
              size="sm"
              aria-label={`${when}, opens in a new tab`}
            >
              {when}
            </Anchor>
          </List.Item>
        );
      })}
    </List>
  );
}

/** Lists the booked consultations outside the doctor's hours, if there are any. */
export function ConflictNotice({ bookings, zone }: { bookings: Bookings; zone: string }) {
  if (bookings.length === 0) return null;
  const one = bookings.length === 1;
  return (
    <Alert
      color="turmeric"
      icon={<IconCalendarExclamation aria-hidden />}
      title={`${bookings.length} booked ${one ? "consultation is" : "consultations are"} outside your hours`}
      styles={{ message: { color: "var(--am-ink)" } }}
    >
      <Text size="sm" mb="xs">
        {one ? "It stays" : "They stay"} booked: the patient expects you. When one ends or is
        cancelled, its time closes by itself.
      </Text>
      <BookingList bookings={bookings} zone={zone} />
    </Alert>
  );
}
