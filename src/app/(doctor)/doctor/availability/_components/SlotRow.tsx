import { Button, Text } from "@mantine/core";
import { formatTimeRange } from "@/app/_components/format";
import type { OwnSlot } from "@/server/availability/schema";
import classes from "./SingleSlots.module.css";

const STATE: Record<OwnSlot["status"], string> = {
  AVAILABLE: "Free",
  HELD: "Being paid for",
  BOOKED: "Booked",
};

/** Shows one slot with its state, and a button that closes it while it is free. */
export function SlotRow({
  slot,
  zone,
  closing,
  onClose,
}: {
  slot: OwnSlot;
  zone: string;
  closing: boolean;
  onClose: () => void;
}) {
  const when = formatTimeRange(slot.startsAt, slot.endsAt, zone);
  return (
    <li className={classes.time}>
      <div>
        <time dateTime={slot.startsAt} className={classes.when}>
          {when}
        </time>
        <Text component="p" size="sm" c="dimmed">
          {STATE[slot.status]}
          {slot.fromRules ? "" : " · by hand"}
        </Text>
      </div>
      {slot.status === "AVAILABLE" ? (
        <Button
          variant="subtle"
          size="sm"
          loading={closing}
          onClick={onClose}
          aria-label={`Close ${when}`}
        >
          Close
        </Button>
      ) : null}
    </li>
  );
}
