"use client";

import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { z } from "zod";
import { type Slot, slot as slotSchema } from "@/server/availability/schema";
import { ErrorNotice } from "../../../../_components/ErrorNotice";
import { isApiError, refusalOf } from "../../../../_components/error-text";
import { formatDayTime } from "../../../../_components/format";
import { TextLink } from "../../../../_components/LinkButton";
import { useTimeZone } from "../../../../_components/TimeZone";

/** The free times that come with SLOT_TAKEN; an answer of another shape counts as none. */
function alternativesOf(error: unknown): Slot[] {
  const sent: unknown = isApiError(error) ? error.data?.alternatives : null;
  return z.array(slotSchema).safeParse(sent).data ?? [];
}

/** Why the hold was refused, and the way on: other times for a taken one, the bookings for one's own clash. */
export function HoldRefused({
  error,
  onChoose,
}: {
  error: unknown;
  onChoose: (slot: Slot) => void;
}) {
  const { zone } = useTimeZone();
  const { reason } = refusalOf(error);

  if (reason === "SLOT_TAKEN") {
    const alternatives = alternativesOf(error);
    return (
      <Alert
        color="turmeric"
        role="alert"
        icon={<IconInfoCircle aria-hidden />}
        title="Someone took this time a moment ago"
        styles={{ message: { color: "var(--am-ink)" } }}
      >
        <Text size="sm">
          {alternatives.length > 0
            ? "You have not been charged. These times are free:"
            : "You have not been charged. Please close this and choose another time."}
        </Text>
        <Stack gap="xs" mt="sm">
          {alternatives.map((slot) => (
            <Button key={slot.id} variant="default" onClick={() => onChoose(slot)}>
              {formatDayTime(slot.startsAt, zone)}
            </Button>
          ))}
        </Stack>
      </Alert>
    );
  }
  return (
    <ErrorNotice error={error} title="This time is not held yet">
      {reason === "TOO_MANY_HOLDS" || reason === "PATIENT_OVERLAP" ? (
        <TextLink href="/bookings" size="sm">
          Go to my bookings
        </TextLink>
      ) : null}
    </ErrorNotice>
  );
}
