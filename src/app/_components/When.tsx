"use client";

import {
  formatDay,
  formatDayTime,
  formatLongDay,
  formatSoon,
  formatTime,
  formatTimeRange,
} from "./format";
import { useClockCheck, useTimeZone } from "./TimeZone";
import classes from "./When.module.css";

type WhenProps = {
  at: string;
  /** The end of the range. Only `as="range"` uses it. */
  until?: string;
  as?: "time" | "range" | "day" | "longDay" | "dayTime" | "soon";
};

/**
 * Shows an instant in the viewer's zone. Until the zone is known the text is invisible but takes up its
 * space, because a wrong hour is worse than none.
 */
export function When({ at, until, as = "dayTime" }: WhenProps) {
  const { zone, known } = useTimeZone();
  useClockCheck(at);
  const texts = {
    time: () => formatTime(at, zone),
    range: () => formatTimeRange(at, until ?? at, zone),
    day: () => formatDay(at, zone),
    longDay: () => formatLongDay(at, zone),
    dayTime: () => formatDayTime(at, zone),
    soon: () => formatSoon(at, zone),
  };
  return (
    <time dateTime={at} className={known ? undefined : classes.unknown} suppressHydrationWarning>
      {texts[as]()}
    </time>
  );
}
