import { Alert, Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCalendarExclamation } from "@tabler/icons-react";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { formatCount } from "@/app/_components/format";
import type { AvailabilityAnswer } from "@/server/availability/schema";
import { BookingList } from "./ConflictNotice";

const times = (count: number) => `${formatCount(count)} ${count === 1 ? "time" : "times"}`;

/** A dialog that shows what the new hours would change. It is open while there is a preview. */
export function ReviewChanges({
  preview,
  saving,
  error,
  onClose,
  onSave,
}: {
  preview: AvailabilityAnswer | null;
  saving: boolean;
  error: unknown;
  onClose: () => void;
  onSave: () => void;
}) {
  const narrow = useMediaQuery("(max-width: 48em)");
  return (
    <Modal
      opened={preview !== null}
      onClose={onClose}
      title="Save these hours?"
      size="md"
      fullScreen={narrow}
      radius={narrow ? 0 : "lg"}
    >
      {preview ? (
        <Stack gap="md">
          <Effects preview={preview} />
          {error ? <ErrorNotice error={error} title="Your hours are as they were" /> : null}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Go on editing
            </Button>
            <Button loading={saving} onClick={onSave}>
              Save my hours
            </Button>
          </Group>
        </Stack>
      ) : null}
    </Modal>
  );
}

function Effects({ preview }: { preview: AvailabilityAnswer }) {
  const { slotsCreated, slotsRemoved, conflictingBookings: bookings, horizonDays } = preview;
  const nothing = slotsCreated === 0 && slotsRemoved === 0;
  return (
    <>
      {nothing ? (
        <Text>No time opens or closes.</Text>
      ) : (
        <List>
          {slotsCreated > 0 ? <List.Item>{times(slotsCreated)} will open</List.Item> : null}
          {slotsRemoved > 0 ? (
            <List.Item>{times(slotsRemoved)} nobody booked will close</List.Item>
          ) : null}
        </List>
      )}
      <Text size="sm" c="dimmed">
        This is for the next {horizonDays} {horizonDays === 1 ? "day" : "days"}; later ones open
        every hour. Times you opened or closed by hand stay so, except on days off.
      </Text>
      {bookings.length > 0 ? (
        <Alert
          color="turmeric"
          icon={<IconCalendarExclamation aria-hidden />}
          title={`${bookings.length} booked ${bookings.length === 1 ? "consultation is" : "consultations are"} outside these hours`}
          styles={{ message: { color: "var(--am-ink)" } }}
        >
          <Text size="sm" mb="xs">
            They stay booked: saving cancels nothing.
          </Text>
          <BookingList bookings={bookings} zone={preview.timezone} />
        </Alert>
      ) : null}
    </>
  );
}
