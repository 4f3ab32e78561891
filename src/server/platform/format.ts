// Turns instants and amounts into words (docs/design.md, "Times"), for mails and pages alike: pure,
// so that both sides render the same text. What only pages need is in src/app/_components/format.ts.

const LOCALE = "en-IN";

/** Money as the API gives it: an integer of minor units. */
export type Money = { amount: number; currency: string };

export type Instant = string | Date;

export const toDate = (at: Instant): Date => (typeof at === "string" ? new Date(at) : at);

/** An instant in a zone, by Intl's options. */
export const inZone = (at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone })
    .format(toDate(at))
    // ICU versions differ in which space stands before "am"; server and browser must agree.
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

/** "Monday, 24 November 2025" */
export function formatLongDay(at: Instant, zone: string): string {
  return inZone(at, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
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
