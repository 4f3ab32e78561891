import { Temporal } from "temporal-polyfill";
import {
  formatTime,
  type Instant,
  instantOfWall,
  inWords,
  inZone,
  toDate,
  wallClock,
} from "@/server/platform/format";

// Pages format instants and amounts only with this file (docs/design.md, "Times").
// Formats that mails use too are in the server's formatter, so that pages and mails agree.

export {
  formatLongDay,
  formatMoney,
  formatTime,
  formatTimeRange,
  formatZone,
  type Money,
  takeZoneTable,
  type ZoneTable,
  zoneCity,
  zonePeriod,
  zoneTable,
} from "@/server/platform/format";

const LOCALE = "en-IN";

/** "Mon, 24 Nov"; with the year unless it is the current one. */
export function formatDay(at: Instant, zone: string): string {
  const thisYear = inZone(new Date(), zone, { year: "numeric" });
  const year = inZone(at, zone, { year: "numeric" });
  return inZone(at, zone, {
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(year === thisYear ? {} : { year: "numeric" }),
  });
}

/** "Mon, 24 Nov, 9:30 am" */
export function formatDayTime(at: Instant, zone: string): string {
  return `${formatDay(at, zone)}, ${formatTime(at, zone)}`;
}

/** "today, 9:30 am", "tomorrow, 9:30 am", otherwise the day and time. */
export function formatSoon(at: Instant, zone: string, now: Date = new Date()): string {
  const day = localDate(at, zone);
  const today = localDate(now, zone);
  if (day === today) return `today, ${formatTime(at, zone)}`;
  if (day === addDays(today, 1)) return `tomorrow, ${formatTime(at, zone)}`;
  return formatDayTime(at, zone);
}

/** "30 minutes", "1 hour", "1 hour 15 minutes" */
export const formatDuration = (from: Instant, to: Instant): string =>
  formatMinutes(Math.round((toDate(to).getTime() - toDate(from).getTime()) / 60_000));

/** "0 minutes", "30 minutes", "1 hour 15 minutes", "2 days" */
export function formatMinutes(minutes: number): string {
  const parts: Array<[count: number, unit: string]> = [
    [Math.floor(minutes / 1440), "day"],
    [Math.floor((minutes % 1440) / 60), "hour"],
    [minutes % 60, "minute"],
  ];
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return words.join(" ") || "0 minutes";
}

/** A calendar day with its year, without a zone: "31 March 2030". */
export function formatDate(day: string): string {
  return inWords(new Date(`${day}T00:00:00Z`), { day: "numeric", month: "long", year: "numeric" });
}

/** "7:31" */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "4,210" */
export function formatCount(value: number): string {
  return new Intl.NumberFormat(LOCALE).format(value);
}

/** "12 years", "1 year", "Less than a year" */
export function formatYears(years: number): string {
  if (years < 1) return "Less than a year";
  return `${years} ${years === 1 ? "year" : "years"}`;
}

/** "English, Hindi and Tamil" */
export function formatList(items: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(items);
}

/** "9:00 am" for a time of day without a date. */
export const formatClockTime = (time: string): string =>
  inWords(new Date(`2000-01-01T${time}:00Z`), { hour: "numeric", minute: "2-digit", hour12: true });

/** Tells whether a text has the form of a calendar day, YYYY-MM-DD. */
export const isCalendarDay = (text: string | null): text is string =>
  /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");

/** Returns the calendar day of an instant in a zone, as YYYY-MM-DD. */
export const localDate = (at: Instant, zone: string): string =>
  wallClock(toDate(at).getTime(), zone).toISOString().slice(0, 10);

/** Returns the instant at which a calendar day begins in a zone. */
export const startOfDay = (day: string, zone: string): string => localInstant(day, "00:00", zone);

/** Returns the instant of a time of day, such as "09:30", on a calendar day in a zone. */
export const localInstant = (day: string, time: string, zone: string): string =>
  new Date(instantOfWall(Date.parse(`${day}T${time}:00Z`), zone)).toISOString();

/** Adds a number of days to a calendar day. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Returns the hour of the day, 0–23, of an instant in a zone. */
export const localHour = (at: Instant, zone: string): number =>
  wallClock(toDate(at).getTime(), zone).getUTCHours();

/** Formats a calendar day: "Mon", "24 Nov" or "Monday, 24 November". */
export function formatCalendarDay(day: string, style: "weekday" | "date" | "long"): string {
  const options: Record<typeof style, Intl.DateTimeFormatOptions> = {
    weekday: { weekday: "short" },
    date: { day: "numeric", month: "short" },
    long: { weekday: "long", day: "numeric", month: "long" },
  };
  return inWords(new Date(`${day}T00:00:00Z`), options[style]);
}
