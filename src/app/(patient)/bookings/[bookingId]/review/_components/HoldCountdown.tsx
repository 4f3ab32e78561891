"use client";

import { Progress, VisuallyHidden } from "@mantine/core";
import { formatCountdown } from "@/app/_components/format";
import { When } from "@/app/_components/When";
import classes from "./HoldCountdown.module.css";

const MINUTE = 60_000;

/** The text for screen readers. It changes only a few times, so that it is not read out every second. */
function milestone(left: number): string {
  if (left <= MINUTE) return "Less than a minute left to pay.";
  if (left <= 2 * MINUTE) return "Less than 2 minutes left to pay.";
  if (left <= 5 * MINUTE) return "Less than 5 minutes left to pay.";
  return "";
}

/** Shows every second how long the hold lasts. Screen readers announce only a few milestones. */
export function HoldCountdown({
  from,
  until,
  now,
  ended,
  lastsUntilStart,
}: {
  from: string;
  until: string;
  now: number;
  ended: boolean;
  lastsUntilStart: boolean;
}) {
  const end = Date.parse(until);
  const left = Math.max(0, end - now);
  const whole = Math.max(1, end - Date.parse(from));
  const urgent = left <= MINUTE;
  return (
    <div className={classes.hold} data-urgent={urgent || undefined}>
      {ended ? (
        <p className={classes.text}>The hold is over. Checking whether this time is still yours…</p>
      ) : (
        <p className={classes.text}>
          <span>
            Held for you until <When at={until} as="time" />
          </span>
          <span className={classes.left} aria-hidden suppressHydrationWarning>
            {formatCountdown(left)} left
          </span>
        </p>
      )}
      <Progress
        value={(left / whole) * 100}
        color={urgent ? "clay" : "turmeric.5"}
        size="sm"
        aria-hidden
        className={classes.bar}
      />
      {urgent && !ended ? (
        <p className={classes.warning}>
          Less than a minute left. After that{" "}
          {lastsUntilStart ? "it is too late to book this time." : "others can take it."}
        </p>
      ) : null}
      <VisuallyHidden aria-live="polite">{ended ? "" : milestone(left)}</VisuallyHidden>
      <VisuallyHidden aria-live="assertive">{ended ? "The hold is over." : ""}</VisuallyHidden>
    </div>
  );
}
