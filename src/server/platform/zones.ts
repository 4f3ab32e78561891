import { Temporal } from "temporal-polyfill";

// Computes all local times from the zone data of the server (docs/decisions/0010). A browser's own zone
// data may be of another year, so it receives tables of the server and uses those.

const LOCALE = "en-IN";
/** CLDR has "EST" only in American English, "BST" in British, "AEDT" in Australian. */
const LOCALES = [LOCALE, "en-US", "en-GB", "en-AU", "en-NZ", "en-ZA"];
const YEARS = 5;
const MAX_TABLES = 2000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A period of a zone with one offset. `from` is in milliseconds, `offset` in minutes from UTC. */
export type ZonePeriod = {
  from: number;
  offset: number;
  /** "Eastern Standard Time"; null if it has no name. */
  name: string | null;
  /** "EST", or "GMT+1" if it has no abbreviation. */
  short: string;
};

/** The periods of a zone in [from, until), in order. The first one begins at `from`. */
export type ZoneTable = { zone: string; from: number; until: number; periods: ZonePeriod[] };

/** Tables that a browser received from the server. */
const given = new Map<string, ZoneTable>();
/** Tables from this runtime's own data, by zone and block of years. */
const own = new Map<string, ZoneTable>();

/** Formats an offset: "GMT+5:30", "GMT-4", "GMT". */
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

/** Builds the table of a zone for five years from `year` on, from this runtime's own data. */
function buildTable(zone: string, year: number): ZoneTable {
  const [from, until] = [Date.UTC(year, 0), Date.UTC(year + YEARS, 0)];
  const periods: ZonePeriod[] = [];
  let at: Temporal.ZonedDateTime | null =
    Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  for (; at && at.epochMilliseconds < until; at = at.getTimeZoneTransition("next")) {
    const period = periodOf(zone, at);
    // A transition may change the name only, not the offset.
    if (period.offset !== periods.at(-1)?.offset) periods.push(period);
  }
  return { zone, from, until, periods };
}

function ownTable(zone: string, year: number): ZoneTable {
  const key = `${zone} ${year}`;
  const known = own.get(key);
  if (known) return known;
  if (own.size >= MAX_TABLES) own.clear();
  const table = buildTable(zone, year);
  own.set(key, table);
  return table;
}

/** Returns the table for a browser: last year and the four years after it. */
export const zoneTable = (zone: string, now: Date): ZoneTable =>
  ownTable(zone, now.getUTCFullYear() - 1);

/** Stores a table of the server. From then on its zone is computed from it. */
export function takeZoneTable(table: ZoneTable): void {
  given.set(table.zone, table);
}

/** Returns the table for an instant: the server's, or the runtime's own outside of the server's years. */
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

/** Returns the period of an instant. */
export const zonePeriod = (at: number, zone: string): ZonePeriod => placeOf(at, zone).period;

/** Returns the local time of an instant as a date whose UTC fields are the local ones. */
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
 * Returns the first instant at which the clock shows a local time or a later one. For a time that the
 * clock shows twice this is the first one, and for a time that the clock skips it is the transition.
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
