"use client";

import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { z } from "zod";
import { ErrorNotice } from "@/app/_components/ErrorNotice";
import { isApiError, refusalOf } from "@/app/_components/error-text";
import { formatDayTime } from "@/app/_components/format";
import { TextLink } from "@/app/_components/LinkButton";
import { useTimeZone } from "@/app/_components/TimeZone";
import { type Slot, slot as slotSchema } from "@/server/availability/schema";

/** Returns the free slots that the error contains; none if they have an unexpected shape. */
function alternativesOf(error: unknown): Slot[] {
  const sent: unknown = isApiError(error) ? error.data?.alternatives : null;
  return z.array(slotSchema).safeParse(sent).data ?? [];
}

/** The titles of errors after which the slot can no longer be booked, by reason. */
const LOST_SLOT_TITLES: Record<string, string> = {
  SLOT_TAKEN: "Someone took this time a moment ago",
  SLOT_WITHDRAWN: "This time is no longer offered",
  NOT_FOUND: "This time is no longer offered",
  SLOT_IN_PAST: "This time has begun already",
  SLOT_TOO_SOON: "The doctor needs more notice than that",
};

/** Returns the title of an error after which the slot is lost; null if another try may succeed. */
export const lostSlotTitle = (error: unknown): string | null =>
  LOST_SLOT_TITLES[refusalOf(error).reason ?? ""] ?? null;

/**
 * Explains why a hold failed. For a lost slot it offers other slots; for a conflict with the patient's own
 * bookings it links to them.
 */
export function HoldRefused({
  error,
  onChoose,
}: {
  error: unknown;
  /** Called with another slot, or with null to show all slots. */
  onChoose: (slot: Slot | null) => void;
}) {
  const { zone } = useTimeZone();
  const { reason } = refusalOf(error);
  const title = lostSlotTitle(error);

  if (title !== null) {
    const alternatives = alternativesOf(error);
    return (
      <Alert
        color="turmeric"
        role="alert"
        icon={<IconInfoCircle aria-hidden />}
        title={title}
        styles={{ message: { color: "var(--am-ink)" } }}
      >
        <Text size="sm">
          {alternatives.length > 0
            ? "You have not been charged. These times are free:"
            : "You have not been charged. Please choose another time."}
        </Text>
        <Stack gap="xs" mt="sm">
          {alternatives.map((slot) => (
            <Button key={slot.id} variant="default" onClick={() => onChoose(slot)}>
              {formatDayTime(slot.startsAt, zone)}
            </Button>
          ))}
          <Button variant="subtle" onClick={() => onChoose(null)}>
            See all times
          </Button>
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
