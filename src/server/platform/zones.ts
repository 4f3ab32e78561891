import { Temporal } from "temporal-polyfill";

// The one source of local times for pages, mails and all that comes later (docs/decisions): the zone
// data of the server. A browser has zone data of its own, often of another year; it is handed tables
// of the server's and keeps to those. Pure, so that both sides compute the same.

const LOCALE = "en-IN";
/** CLDR has "EST" for Americans alone, "BST" for the British, "AEDT" for Australians. */
const LOCALES = [LOCALE, "en-US", "en-GB", "en-AU", "en-NZ", "en-ZA"];
const YEARS = 5;
const MOST_TABLES = 2000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** From when on a zone has which offset from UTC, in minutes, and what people call it. */
export type ZonePeriod = {
  from: number;
  offset: number;
  /** "Eastern Standard Time"; null where people have no name for it. */
  name: string | null;
  /** "EST", else "GMT+1". */
  short: string;
};

/** What the clocks of a zone do in [from, until). The periods are in order; the first begins at `from`. */
export type ZoneTable = { zone: string; from: number; until: number; periods: ZonePeriod[] };

/** Tables that the server gave; a browser knows nothing else of zones. */
const given = new Map<string, ZoneTable>();
/** Tables of this runtime's own data, by zone and block of years. */
const own = new Map<string, ZoneTable>();

/** "GMT+5:30", "GMT-4", "GMT" */
export function formatOffset(minutes: number): string {
  if (minutes === 0) return "GMT";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const sign = minutes < 0 ? "-" : "+";
  return `GMT${sign}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}

const nameOf = (zone: string, at: number, locale: string, timeZoneName: "long" | "short") =>
  new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value ?? "";

const isOffset = (name: string) => /^(GMT|UTC)[+-]|^$/.test(name);

function periodOf(zone: string, at: Temporal.ZonedDateTime): ZonePeriod {
  const from = at.epochMilliseconds;
  const offset = Math.round(at.offsetNanoseconds / 60e9);
  const long = nameOf(zone, from, LOCALE, "long");
  const short = LOCALES.map((locale) => nameOf(zone, from, locale, "short"));
  return {
    from,
    offset,
    name: isOffset(long) ? null : long,
    short: short.find((name) => !isOffset(name)) ?? formatOffset(offset),
  };
}

/** The table of a zone for five years from `year` on, by this runtime's own zone data. */
function build(zone: string, year: number): ZoneTable {
  const [from, until] = [Date.UTC(year, 0), Date.UTC(year + YEARS, 0)];
  const periods: ZonePeriod[] = [];
  let at: Temporal.ZonedDateTime | null =
    Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  for (; at && at.epochMilliseconds < until; at = at.getTimeZoneTransition("next")) {
    const period = periodOf(zone, at);
    // A zone may change its name or its law without changing its clocks.
    if (period.offset !== periods.at(-1)?.offset) periods.push(period);
  }
  return { zone, from, until, periods };
}

function ownTable(zone: string, year: number): ZoneTable {
  const key = `${zone} ${year}`;
  const known = own.get(key);
  if (known) return known;
  if (own.size >= MOST_TABLES) own.clear();
  const table = build(zone, year);
  own.set(key, table);
  return table;
}

/** The table that a browser is given: last year and the four after it. */
export const zoneTable = (zone: string, now: Date): ZoneTable =>
  ownTable(zone, now.getUTCFullYear() - 1);

/** Keeps a table of the server's; from then on it decides about its zone. */
export function takeZoneTable(table: ZoneTable): void {
  given.set(table.zone, table);
}

/** The table that decides about an instant: the server's, else, outside of its years, the runtime's own. */
function tableFor(at: number, zone: string): ZoneTable {
  const table = given.get(zone);
  if (table && table.from <= at && at < table.until) return table;
  const year = new Date(at).getUTCFullYear();
  return ownTable(zone, year - (((year % YEARS) + YEARS) % YEARS));
}

type Place = { table: ZoneTable; index: number; period: ZonePeriod };

function placeOf(at: number, zone: string): Place {
  const table = tableFor(at, zone);
  const index = Math.max(
    0,
    table.periods.findLastIndex(({ from }) => from <= at),
  );
  const period = table.periods[index];
  if (!period) throw new Error(`no period of ${zone}`);
  return { table, index, period };
}

/** The period that an instant is in. */
export const zonePeriod = (at: number, zone: string): ZonePeriod => placeOf(at, zone).period;

/** The wall clock of an instant, as if it were UTC: its UTC fields are the local ones. */
export const wallClock = (at: number, zone: string): Date =>
  new Date(at + zonePeriod(at, zone).offset * MINUTE);

/** Whether the wall clock shows this time twice, because the clocks go back. */
export function isAmbiguous(at: number, zone: string): boolean {
  const { table, index, period } = placeOf(at, zone);
  const [before, after] = [table.periods[index - 1], table.periods[index + 1]];
  const repeats = before ? (before.offset - period.offset) * MINUTE : 0;
  const repeated = after ? (period.offset - after.offset) * MINUTE : 0;
  return at < period.from + repeats || (after !== undefined && at >= after.from - repeated);
}

/**
 * The first instant at which the wall clock shows a local time or a later one. So a time that comes
 * twice is its first, and one that the clock skips is the instant of the skip.
 * @param wall the local time as if it were UTC.
 */
export function instantOfWall(wall: number, zone: string): number {
  for (let at = wall - DAY; ; ) {
    const { table, index, period } = placeOf(at, zone);
    const until = table.periods[index + 1]?.from ?? table.until;
    const instant = Math.max(at, wall - period.offset * MINUTE);
    if (instant < until) return instant;
    at = until;
  }
}
