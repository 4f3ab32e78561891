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
  /** The end, for `range`. */
  until?: string;
  as?: "time" | "range" | "day" | "longDay" | "dayTime" | "soon";
};

/** An instant in the viewer's zone. Until that zone is known it keeps its room but is not shown: a wrong hour is worse than none. */
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
