import { formatOffset, isAmbiguous, wallClock, type ZonePeriod, zonePeriod } from "./zones";

// Formats instants and amounts for mails and pages (docs/design.md, "Times"). The functions are pure, so
// that server and browser render the same text. src/app/_components/format.ts has what only pages need.

export {
  instantOfWall,
  takeZoneTable,
  wallClock,
  type ZoneTable,
  zonePeriod,
  zoneTable,
} from "./zones";

const LOCALE = "en-IN";

/** Money as in the API: an integer of minor units. */
export type Money = { amount: number; currency: string };

export type Instant = string | Date;

export const toDate = (at: Instant): Date => (typeof at === "string" ? new Date(at) : at);
const toMs = (at: Instant): number => toDate(at).getTime();

/** Formats the UTC fields of a date, by Intl's options. */
export const inWords = (wall: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" })
    .format(wall)
    // ICU versions use different spaces before "am", but server and browser must agree.
    .replaceAll("\u202f", " ");

/** Formats an instant in a zone, by Intl's options, but without Intl's zone data (see zones.ts). */
export const inZone = (at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string =>
  inWords(wallClock(toMs(at), zone), options);

/** Formats the exact amount, with decimals only if there are any: "₹600", "₹549.50". */
export function formatMoney({ amount, currency }: Money): string {
  const whole = amount % 100 === 0;
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(amount / 100);
}

/** Formats a time: "9:30 am", or "1:30 am EDT" if the clock shows this time twice. */
export function formatTime(at: Instant, zone: string): string {
  return isAmbiguous(toMs(at), zone) ? formatTimeWithZone(at, zone) : formatWallTime(at, zone);
}

const formatWallTime = (at: Instant, zone: string): string =>
  inZone(at, zone, { hour: "numeric", minute: "2-digit", hour12: true });

const formatTimeWithZone = (at: Instant, zone: string): string =>
  `${formatWallTime(at, zone)} ${zonePeriod(toMs(at), zone).short}`;

/**
 * Formats a range of times: "9:30 – 10:00 am", "11:45 am – 12:15 pm". If the clock changes between them, or
 * shows one of them twice, both have a zone: "1:45 am EDT – 1:15 am EST".
 */
export function formatTimeRange(from: Instant, to: Instant, zone: string): string {
  const instants = [toMs(from), toMs(to)];
  const offsets = new Set(instants.map((at) => zonePeriod(at, zone).offset));
  if (offsets.size > 1 || instants.some((at) => isAmbiguous(at, zone))) {
    return `${formatTimeWithZone(from, zone)} – ${formatTimeWithZone(to, zone)}`;
  }
  const [start, end] = [formatWallTime(from, zone), formatWallTime(to, zone)];
  const sameHalf = start.slice(-2) === end.slice(-2);
  return `${sameHalf ? start.slice(0, -3) : start} – ${end}`;
}

/** Formats a day: "Monday, 24 November 2025". */
export function formatLongDay(at: Instant, zone: string): string {
  return inZone(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/**
 * Formats a zone: "India Standard Time (GMT+5:30)". If the clock changes between the two instants, both
 * periods: "Eastern Daylight Time (GMT-4), then Eastern Standard Time (GMT-5)".
 */
export function formatZone(zone: string, from: Instant = new Date(), to: Instant = from): string {
  const periods = [toMs(from), toMs(to)].map((at) => zonePeriod(at, zone));
  return [...new Set(periods.map((period) => formatPeriod(zone, period)))].join(", then ");
}

/** Formats a period of a zone. A zone that is only an offset has no name: "GMT+5". */
function formatPeriod(zone: string, { name, offset }: ZonePeriod): string {
  if (name === null && zone.startsWith("Etc/")) return formatOffset(offset);
  return `${name ?? zoneCity(zone)} (${formatOffset(offset)})`;
}

/** Returns "Kolkata" for "Asia/Kolkata", and "GMT+5" for "Etc/GMT-5", whose sign is inverted. */
export function zoneCity(zone: string): string {
  if (/^Etc\/GMT[+-]/.test(zone)) return formatOffset(zonePeriod(Date.now(), zone).offset);
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
