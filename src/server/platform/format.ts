import { formatOffset, isAmbiguous, wallClock, type ZonePeriod, zonePeriod } from "./zones";

// Turns instants and amounts into words (docs/design.md, "Times"), for mails and pages alike: pure,
// so that both sides render the same text. What only pages need is in src/app/_components/format.ts.

export {
  instantOfWall,
  takeZoneTable,
  wallClock,
  type ZoneTable,
  zonePeriod,
  zoneTable,
} from "./zones";

const LOCALE = "en-IN";

/** Money as the API gives it: an integer of minor units. */
export type Money = { amount: number; currency: string };

export type Instant = string | Date;

export const toDate = (at: Instant): Date => (typeof at === "string" ? new Date(at) : at);
const toMs = (at: Instant): number => toDate(at).getTime();

/** A date whose UTC fields are what people read, by Intl's options. */
export const inWords = (wall: Date, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" })
    .format(wall)
    // ICU versions differ in which space stands before "am"; server and browser must agree.
    .replaceAll("\u202f", " ");

/** An instant in a zone, by Intl's options. Intl's own zone data is not asked. */
export const inZone = (at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string =>
  inWords(wallClock(toMs(at), zone), options);

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

/** "9:30 am"; "1:30 am EDT" where the clock shows that time twice. */
export function formatTime(at: Instant, zone: string): string {
  return isAmbiguous(toMs(at), zone) ? formatTimeWithZone(at, zone) : formatWallTime(at, zone);
}

const formatWallTime = (at: Instant, zone: string): string =>
  inZone(at, zone, { hour: "numeric", minute: "2-digit", hour12: true });

const formatTimeWithZone = (at: Instant, zone: string): string =>
  `${formatWallTime(at, zone)} ${zonePeriod(toMs(at), zone).short}`;

/**
 * "9:30 – 10:00 am", "11:45 am – 12:15 pm". Where the clock changes between the two, or shows one of
 * them twice, each says which clock it is by: "1:45 am EDT – 1:15 am EST".
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

/** "Monday, 24 November 2025" */
export function formatLongDay(at: Instant, zone: string): string {
  return inZone(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/**
 * "India Standard Time (GMT+5:30)". Of a zone whose clocks change between the two instants both:
 * "Eastern Daylight Time (GMT-4), then Eastern Standard Time (GMT-5)".
 */
export function formatZone(zone: string, from: Instant = new Date(), to: Instant = from): string {
  const periods = [toMs(from), toMs(to)].map((at) => zonePeriod(at, zone));
  return [...new Set(periods.map((period) => periodInWords(zone, period)))].join(", then ");
}

/** A zone that is an offset and nothing else has no city: "GMT+5" alone. */
function periodInWords(zone: string, { name, offset }: ZonePeriod): string {
  if (name === null && zone.startsWith("Etc/")) return formatOffset(offset);
  return `${name ?? zoneCity(zone)} (${formatOffset(offset)})`;
}

/** "Kolkata" for "Asia/Kolkata"; "GMT+5" for "Etc/GMT-5", whose own name counts the other way. */
export function zoneCity(zone: string): string {
  if (/^Etc\/GMT[+-]/.test(zone)) return formatOffset(zonePeriod(Date.now(), zone).offset);
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}
