import { Temporal } from "temporal-polyfill";
import type { Exception, Hours, Opening } from "./schema";

const MINUTE = 60_000;

/** Checks that a slot starts in the future and lasts 5 minutes to 4 hours. */
export function slotTimesAreValid(startsAt: Date, endsAt: Date, now: Date): boolean {
  const length = endsAt.getTime() - startsAt.getTime();
  return startsAt > now && length >= 5 * MINUTE && length <= 240 * MINUTE;
}

/** A period of time: it includes `startsAt` and excludes `endsAt`. */
export type Span = { startsAt: Date; endsAt: Date };

/**
 * Converts a local time to an instant, in milliseconds. "24:00" is the next midnight. A local time that
 * occurs twice is the first of both instants. A local time that the clock skips is the instant of the
 * skip. So a later local time is never an earlier instant, and stretches that do not overlap on the wall
 * clock do not overlap in time.
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

/** Divides a stretch into slots by elapsed time: a night that is an hour shorter has fewer slots. */
function divide({ startsAt, endsAt, range }: Stretch): Span[] {
  const length = range.slotMinutes * MINUTE;
  const step = length + (range.bufferMinutes ?? 0) * MINUTE;
  const spans: Span[] = [];
  for (let start = +startsAt; start + length <= +endsAt; start += step) {
    spans.push({ startsAt: new Date(start), endsAt: new Date(start + length) });
  }
  return spans;
}

/** The openings of a date: its exceptions if it has any, otherwise the rules of its weekday. */
function rangesOf({ rules, exceptions }: Hours, date: Temporal.PlainDate): Opening[] {
  const ofDate = exceptions.filter((exception) => exception.date === date.toString());
  return ofDate.length > 0
    ? ofDate.filter((exception) => exception.closed !== true)
    : rules.filter((rule) => rule.weekday === date.dayOfWeek);
}

const zonedAt = (at: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);

/** An opening on one date, as instants. */
type Stretch = Span & { range: Opening };

/** Lists the open stretches on the local dates from `from` to `until`, in no order. */
export function openStretches(hours: Hours, from: Date, until: Date): Stretch[] {
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

/** Lists the slots of the hours that start in [from, until), earliest first. */
export function slotsOf(hours: Hours, from: Date, until: Date): Span[] {
  return openStretches(hours, from, until)
    .flatMap(divide)
    .filter(({ startsAt }) => startsAt >= from && startsAt < until)
    .sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

/** Lists the exceptions of today and later dates, in the time zone of the hours. */
export function upcomingExceptions({ timezone, exceptions }: Hours, now: Date): Exception[] {
  const today = zonedAt(now, timezone).toPlainDate().toString();
  return exceptions.filter(({ date }) => date >= today);
}

/** Lists the days off that end after `from`, each from midnight to midnight. */
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
