import { Temporal } from "temporal-polyfill";
import type { Exception, Hours, Opening } from "./schema";

const MINUTE = 60_000;

/** A slot starts in the future and lasts 5 minutes to 4 hours. */
export function slotTimesAreValid(startsAt: Date, endsAt: Date, now: Date): boolean {
  const length = endsAt.getTime() - startsAt.getTime();
  return startsAt > now && length >= 5 * MINUTE && length <= 240 * MINUTE;
}

/** When something starts and ends, as instants. */
export type Span = { startsAt: Date; endsAt: Date };

/**
 * The instant of a local time, "24:00" being the next midnight. A time that comes twice is its first;
 * one that the clock skips is the instant of the skip. So later local times are never earlier instants,
 * and stretches that do not overlap on the wall clock do not overlap in time.
 */
export function instantOf(date: Temporal.PlainDate, time: string, zone: string): number {
  const local =
    time === "24:00"
      ? date.add({ days: 1 }).toPlainDateTime()
      : date.toPlainDateTime(Temporal.PlainTime.from(time));
  const zoned = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (zoned.toPlainDateTime().equals(local)) return zoned.epochMilliseconds;
  const skip = zoned.getTimeZoneTransition("next");
  return (skip ?? zoned).epochMilliseconds;
}

/** Cuts a stretch into slots by elapsed time: a night that is an hour shorter holds an hour's fewer. */
function cut({ startsAt, endsAt, range }: Stretch): Span[] {
  const length = range.slotMinutes * MINUTE;
  const step = length + (range.bufferMinutes ?? 0) * MINUTE;
  const spans: Span[] = [];
  for (let start = +startsAt; start + length <= +endsAt; start += step) {
    spans.push({ startsAt: new Date(start), endsAt: new Date(start + length) });
  }
  return spans;
}

/** A date's own exceptions stand in place of its weekday's rules. */
function rangesOf({ rules, exceptions }: Hours, date: Temporal.PlainDate): Opening[] {
  const special = exceptions.filter((exception) => exception.date === date.toString());
  return special.length > 0
    ? special.filter((exception) => exception.closed !== true)
    : rules.filter((rule) => rule.weekday === date.dayOfWeek);
}

const zonedAt = (at: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

/** The open stretch of a day, as instants. */
type Stretch = Span & { range: Opening };

/** Every stretch that the hours open on the local dates from `from` to `until`, in no order. */
export function stretchesOf(hours: Hours, from: Date, until: Date): Stretch[] {
  const zone = hours.timezone;
  const last = zonedAt(until, zone).toPlainDate();
  const stretches: Stretch[] = [];
  let date = zonedAt(from, zone).toPlainDate();
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    for (const range of rangesOf(hours, date)) {
      const startsAt = new Date(instantOf(date, range.start, zone));
      stretches.push({ startsAt, endsAt: new Date(instantOf(date, range.end, zone)), range });
    }
  }
  return stretches;
}

/** Every slot that the hours make with a start in [from, until), earliest first. */
export function slotsOf(hours: Hours, from: Date, until: Date): Span[] {
  return stretchesOf(hours, from, until)
    .flatMap(cut)
    .filter(({ startsAt }) => startsAt >= from && startsAt < until)
    .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

/** The exceptions of today and later, by the calendar of the hours' own zone. */
export function comingExceptions({ timezone, exceptions }: Hours, now: Date): Exception[] {
  const today = zonedAt(now, timezone).toPlainDate().toString();
  return exceptions.filter(({ date }) => date >= today);
}

/** The days off from `from` on, from midnight to midnight. */
export function daysOff({ timezone, exceptions }: Hours, from: Date): Span[] {
  return exceptions
    .filter(({ closed }) => closed === true)
    .map(({ date }) => {
      const day = Temporal.PlainDate.from(date);
      return {
        startsAt: new Date(instantOf(day, "00:00", timezone)),
        endsAt: new Date(instantOf(day, "24:00", timezone)),
      };
    })
    .filter(({ endsAt }) => endsAt > from);
}
