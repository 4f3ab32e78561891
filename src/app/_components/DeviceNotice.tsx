"use client";

import { Alert, Text } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import classes from "./DeviceNotice.module.css";
import { formatDayTime, formatMinutes, zoneCity } from "./format";
import { useTimeZone } from "./TimeZone";

/** Warns if the device would show a time on this page differently than the server does. */
export function DeviceNotice() {
  const { clockDifference } = useTimeZone();
  return (
    <div role="status" className={classes.space}>
      {clockDifference ? (
        <Alert
          color="turmeric"
          icon={<IconClockExclamation aria-hidden />}
          title="Your device may show another time"
          styles={{ message: { color: "var(--am-ink)" } }}
        >
          <Text size="sm">
            Your device’s rules for the clocks in {zoneCity(clockDifference.zone)} differ from the
            clinic’s. For {formatDayTime(clockDifference.at, clockDifference.zone)} it would show{" "}
            {formatMinutes(Math.abs(clockDifference.minutesAhead))}{" "}
            {clockDifference.minutesAhead > 0 ? "later" : "earlier"}. Please go by the times on our
            pages and in our mails.
          </Text>
        </Alert>
      ) : null}
    </div>
  );
}
