"use client";

import { Button, VisuallyHidden } from "@mantine/core";
import { formatLongDay, formatTime } from "@/app/_components/format";
import { useClockCheck, useTimeZone } from "@/app/_components/TimeZone";
import type { Slot } from "@/server/availability/schema";
import classes from "./SlotButton.module.css";

/**
 * A button for one slot. Mantine's TimeGrid does not fit: it identifies options by the time of day, and two
 * slots have the same time of day when the clocks go back.
 */
export function SlotButton({ slot, onPick }: { slot: Slot; onPick: (slot: Slot) => void }) {
  const { zone } = useTimeZone();
  useClockCheck(slot.startsAt);
  const time = formatTime(slot.startsAt, zone);
  const free = slot.status === "AVAILABLE";
  return (
    <Button
      fullWidth
      variant="default"
      className={classes.slot}
      disabled={!free}
      aria-label={free ? `${time}, ${formatLongDay(slot.startsAt, zone)}` : undefined}
      onClick={() => onPick(slot)}
    >
      {time}
      {free ? null : <VisuallyHidden>, taken</VisuallyHidden>}
    </Button>
  );
}
