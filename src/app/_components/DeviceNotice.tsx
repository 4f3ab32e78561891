"use client";

import { Alert, Text } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import classes from "./DeviceNotice.module.css";
import { formatDayTime, formatMinutes, zoneCity } from "./format";
import { useTimeZone } from "./TimeZone";

/** Says that the device's clocks differ from ours for a time on this page; nothing where they agree. */
export function DeviceNotice() {
  const { disagreement } = useTimeZone();
  return (
    <div role="status" className={classes.room}>
      {disagreement ? (
        <Alert
          color="turmeric"
          icon={<IconClockExclamation aria-hidden />}
          title="Your device may show another time"
          styles={{ message: { color: "var(--am-ink)" } }}
        >
          <Text size="sm">
            Your device’s rules for the clocks in {zoneCity(disagreement.zone)} differ from the
            clinic’s. For {formatDayTime(disagreement.at, disagreement.zone)} it would show{" "}
            {formatMinutes(Math.abs(disagreement.minutesAhead))}{" "}
            {disagreement.minutesAhead > 0 ? "later" : "earlier"}. Please go by the times on our
            pages and in our mails.
          </Text>
        </Alert>
      ) : null}
    </div>
  );
}
