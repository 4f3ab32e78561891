import { Temporal } from "temporal-polyfill";

// The only place that turns an instant or an amount into words (docs/design.md, "Times").

const LOCALE = "en-IN";

/** Money as the API gives it: an integer of minor units. */
export type Money = { amount: number; currency: string };

type Instant = string | Date;

const toDate = (at: Instant): Date => (typeof at === "string" ? new Date(at) : at);

// ICU versions differ in which space stands before "am"; server and browser must agree.
const inZone = (at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone })
    .format(toDate(at))
    .replaceAll("\u202f", " ");

/** "₹600", "₹549.50": the exact amount, decimals only where there are any. */
export function formatMoney({ amount, currency }: Money): string {
  const whole = amount % 100 === 0;
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(amount / 100);
}

/** "9:30 am" */
export function formatTime(at: Instant, zone: string): string {
  return inZone(at, zone, { hour: "numeric", minute: "2-digit", hour12: true });
}

/** "9:30 – 10:00 am", "11:45 am – 12:15 pm" */
export function formatTimeRange(from: Instant, to: Instant, zone: string): string {
  const [start, end] = [formatTime(from, zone), formatTime(to, zone)];
  const sameHalf = start.slice(-2) === end.slice(-2);
  return `${sameHalf ? start.slice(0, -3) : start} – ${end}`;
}

/** "Mon, 24 Nov"; with the year when it is not this one. */
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

/** "Monday, 24 November 2025" */
export function formatLongDay(at: Instant, zone: string): string {
  return inZone(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** "Mon, 24 Nov, 9:30 am" */
export function formatDayTime(at: Instant, zone: string): string {
  return `${formatDay(at, zone)}, ${formatTime(at, zone)}`;
}

/** "today, 9:30 am", "tomorrow, 9:30 am", else the day and time. */
export function formatSoon(at: Instant, zone: string, now: Date = new Date()): string {
  const day = localDate(at, zone);
  const today = localDate(now, zone);
  if (day === today) return `today, ${formatTime(at, zone)}`;
  if (day === addDays(today, 1)) return `tomorrow, ${formatTime(at, zone)}`;
  return formatDayTime(at, zone);
}

/** "30 minutes", "1 hour", "1 hour 15 minutes" */
export function formatDuration(from: Instant, to: Instant): string {
  const minutes = Math.round((toDate(to).getTime() - toDate(from).getTime()) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const words = [
    hours > 0 ? `${hours} ${hours === 1 ? "hour" : "hours"}` : "",
    rest > 0 || hours === 0 ? `${rest} ${rest === 1 ? "minute" : "minutes"}` : "",
  ];
  return words.filter(Boolean).join(" ");
}

/** "7:31" */
export function formatCountdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "India Standard Time (GMT+5:30)" */
export function formatZone(zone: string, at: Instant = new Date()): string {
  const part = (timeZoneName: "long" | "shortOffset"): string =>
    new Intl.DateTimeFormat(LOCALE, { timeZone: zone, timeZoneName })
      .formatToParts(toDate(at))
      .find(({ type }) => type === "timeZoneName")?.value ?? zone;
  const [name, offset] = [part("long"), part("shortOffset")];
  return name.startsWith("GMT") ? `${zoneCity(zone)} (${offset})` : `${name} (${offset})`;
}

/** "Kolkata" for "Asia/Kolkata" */
export function zoneCity(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
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

/** The calendar day of an instant in a zone, as YYYY-MM-DD. */
export function localDate(at: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(toDate(at).getTime())
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
}

/** The instant at which a calendar day begins in a zone. */
export function startOfDay(day: string, zone: string): string {
  return Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString();
}

/** A calendar day moved by a number of days. */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The hour of the day, 0–23, of an instant in a zone. */
export function localHour(at: Instant, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(toDate(at).getTime()).toZonedDateTimeISO(zone).hour;
}

/** A calendar day in words, without a zone: "Mon", "24 Nov", "Monday, 24 November". */
export function formatCalendarDay(day: string, style: "weekday" | "date" | "long"): string {
  const options: Record<typeof style, Intl.DateTimeFormatOptions> = {
    weekday: { weekday: "short" },
    date: { day: "numeric", month: "short" },
    long: { weekday: "long", day: "numeric", month: "long" },
  };
  return inZone(`${day}T00:00:00Z`, "UTC", options[style]);
}
