"use client";

import { Button, VisuallyHidden } from "@mantine/core";
import { formatLongDay, formatTime } from "@/app/_components/format";
import { useClockCheck, useTimeZone } from "@/app/_components/TimeZone";
import type { Slot } from "@/server/availability/schema";
import classes from "./SlotButton.module.css";

/**
 * One time. Not Mantine's TimeGrid: that one knows clock times, and two slots may share one when the
 * clocks go back.
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
