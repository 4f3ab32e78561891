import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { daysOff, instantOf, type Span, slotsOf } from "@/server/availability/rules";
import type { Exception, Hours, Rule } from "@/server/availability/schema";

const INDIA = "Asia/Kolkata";
const NEW_YORK = "America/New_York";
const HOUR = 60 * 60_000;

const everyDay = (range: Omit<Rule, "weekday">): Rule[] =>
  [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, ...range }));

const hoursOf = (timezone: string, rules: Rule[], exceptions: Exception[] = []): Hours => ({
  timezone,
  rules,
  exceptions,
});

/** The slots of one local day, from midnight to midnight. */
function slotsOn(day: string, hours: Hours): Span[] {
  const date = Temporal.PlainDate.from(day);
  const at = (time: string) => new Date(instantOf(date, time, hours.timezone));
  return slotsOf(hours, at("00:00"), at("24:00"));
}

const inUtc = (spans: Span[]) => spans.map(({ startsAt }) => startsAt.toISOString().slice(0, 16));

/** The local start with its offset, for example "01:30-04", so that a time that occurs twice is visible. */
const inZone = (spans: Span[], zone: string) =>
  spans.map(({ startsAt }) => {
    const at = Temporal.Instant.fromEpochMilliseconds(startsAt.getTime()).toZonedDateTimeISO(zone);
    return `${at.toPlainTime().toString().slice(0, 5)}${at.offset.slice(0, 3)}`;
  });

function expectApart(spans: Span[]) {
  const clashes = spans.filter((span, index) => {
    const next = spans[index + 1];
    return next !== undefined && next.startsAt < span.endsAt;
  });
  expect(clashes).toEqual([]);
}

describe("weekly rules", () => {
  test("divide a weekday's period into slots in the local time of the zone", () => {
    const rules = [{ weekday: 1, start: "09:00", end: "10:30", slotMinutes: 30 }];
    const slots = slotsOn("2026-11-23", hoursOf(INDIA, rules));
    expect(inUtc(slots)).toEqual(["2026-11-23T03:30", "2026-11-23T04:00", "2026-11-23T04:30"]);
    expect(slots.map(({ startsAt, endsAt }) => endsAt.getTime() - startsAt.getTime())).toEqual(
      Array(3).fill(HOUR / 2),
    );
    expect(slotsOn("2026-11-24", hoursOf(INDIA, rules))).toEqual([]);
  });

  test("make no partial slot, and need no buffer after the last slot", () => {
    const range = { start: "09:00", end: "10:00", slotMinutes: 25, bufferMinutes: 10 };
    expect(inZone(slotsOn("2026-11-23", hoursOf(INDIA, everyDay(range))), INDIA)).toEqual([
      "09:00+05",
      "09:35+05",
    ]);
  });

  test("may end at midnight and continue on the next day", () => {
    const rules = [
      { weekday: 1, start: "23:00", end: "24:00", slotMinutes: 30 },
      { weekday: 2, start: "00:00", end: "01:00", slotMinutes: 30 },
    ];
    const from = new Date("2026-11-23T12:00:00Z");
    const slots = slotsOf(hoursOf(INDIA, rules), from, new Date("2026-11-24T12:00:00Z"));
    expect(inUtc(slots)).toEqual([
      "2026-11-23T17:30",
      "2026-11-23T18:00",
      "2026-11-23T18:30",
      "2026-11-23T19:00",
    ]);
  });

  test("make slots from `from` (included) until `until` (excluded), also if the local day differs", () => {
    const rules = everyDay({ start: "00:00", end: "24:00", slotMinutes: 60 });
    const from = new Date("2026-11-23T20:30:00Z");
    const until = new Date("2026-11-24T20:30:00Z");
    const slots = slotsOf(hoursOf(INDIA, rules), from, until);
    expect(slots).toHaveLength(24);
    expect(slots[0]?.startsAt).toEqual(from);
    expect(slots.at(-1)?.endsAt).toEqual(until);
  });

  test("keep the same slot times as time passes: past slots disappear and no slot moves", () => {
    const rules = everyDay({ start: "09:00", end: "12:00", slotMinutes: 20 });
    const until = new Date("2026-11-30T00:00:00Z");
    const early = slotsOf(hoursOf(INDIA, rules), new Date("2026-11-23T00:00:00Z"), until);
    const later = slotsOf(hoursOf(INDIA, rules), new Date("2026-11-23T04:07:00Z"), until);
    expect(early.slice(early.length - later.length)).toEqual(later);
    expect(early.length).toBeGreaterThan(later.length);
  });
});

describe("exceptions", () => {
  const rules = everyDay({ start: "09:00", end: "10:00", slotMinutes: 30 });

  test("for a day off remove the slots of that day only", () => {
    const hours = hoursOf(INDIA, rules, [{ date: "2026-11-24", closed: true }]);
    expect(slotsOn("2026-11-23", hours)).toHaveLength(2);
    expect(slotsOn("2026-11-24", hours)).toEqual([]);
    expect(slotsOn("2026-11-25", hours)).toHaveLength(2);
  });

  test("with special hours replace the weekday's rules, also with several on one date", () => {
    const hours = hoursOf(INDIA, rules, [
      { date: "2026-11-24", start: "18:00", end: "19:00", slotMinutes: 60 },
      { date: "2026-11-24", start: "14:00", end: "15:00", slotMinutes: 20, bufferMinutes: 20 },
    ]);
    expect(inZone(slotsOn("2026-11-24", hours), INDIA)).toEqual([
      "14:00+05",
      "14:40+05",
      "18:00+05",
    ]);
  });

  test("for a day off last from midnight to midnight, however long the day is", () => {
    const hours = hoursOf(NEW_YORK, rules, [
      { date: "2026-03-08", closed: true },
      { date: "2026-11-01", closed: true },
      { date: "2026-11-02", start: "09:00", end: "10:00", slotMinutes: 30 },
    ]);
    const spans = daysOff(hours, new Date("2026-01-01T00:00:00Z"));
    const lengths = spans.map(({ startsAt, endsAt }) => +endsAt - +startsAt);
    expect(lengths).toEqual([23 * HOUR, 25 * HOUR]);
    expect(daysOff(hours, new Date("2026-03-09T04:00:00Z"))).toHaveLength(1);
  });
});

describe("when the clock goes forward", () => {
  // 8 March 2026, New York: 02:00 becomes 03:00.
  const on = (range: Omit<Rule, "weekday">) =>
    slotsOn("2026-03-08", hoursOf(NEW_YORK, everyDay(range)));

  test("no slot starts at a time that does not exist", () => {
    const slots = on({ start: "00:00", end: "05:00", slotMinutes: 30 });
    expect(inZone(slots, NEW_YORK)).toEqual([
      ...["00:00-05", "00:30-05", "01:00-05", "01:30-05"],
      ...["03:00-04", "03:30-04", "04:00-04", "04:30-04"],
    ]);
    expectApart(slots);
  });

  test("a period within the skipped hour has no slots", () => {
    expect(on({ start: "02:00", end: "03:00", slotMinutes: 30 })).toEqual([]);
    expect(on({ start: "02:15", end: "02:45", slotMinutes: 5 })).toEqual([]);
  });

  test("a period that starts within the skipped hour starts at its end", () => {
    const slots = on({ start: "02:30", end: "04:00", slotMinutes: 30 });
    expect(inZone(slots, NEW_YORK)).toEqual(["03:00-04", "03:30-04"]);
  });

  test("a long slot ends before the end of its period, counted in real minutes", () => {
    expect(on({ start: "01:30", end: "03:00", slotMinutes: 90 })).toEqual([]);
    expect(on({ start: "01:00", end: "03:00", slotMinutes: 60 })).toHaveLength(1);
  });

  test("adjacent periods within the skipped hour do not overlap", () => {
    const rules = [
      ...everyDay({ start: "01:00", end: "02:45", slotMinutes: 15 }),
      ...everyDay({ start: "02:45", end: "04:00", slotMinutes: 15 }),
    ];
    const slots = slotsOn("2026-03-08", hoursOf(NEW_YORK, rules));
    expect(slots).toHaveLength(8);
    expectApart(slots);
  });

  test("at midnight, the day starts after the skipped hour", () => {
    // 29 March 2026, Beirut: 00:00 becomes 01:00.
    const rules = everyDay({ start: "00:00", end: "03:00", slotMinutes: 60 });
    const slots = slotsOn("2026-03-29", hoursOf("Asia/Beirut", rules));
    expect(inZone(slots, "Asia/Beirut")).toEqual(["01:00+03", "02:00+03"]);
  });
});

describe("when the clock goes back", () => {
  // 1 November 2026, New York: 02:00 becomes 01:00.
  const on = (range: Omit<Rule, "weekday">) =>
    slotsOn("2026-11-01", hoursOf(NEW_YORK, everyDay(range)));

  test("a period across the repeated hour has slots in both hours, each instant once", () => {
    const slots = on({ start: "00:00", end: "03:00", slotMinutes: 60 });
    expect(inZone(slots, NEW_YORK)).toEqual(["00:00-04", "01:00-04", "01:00-05", "02:00-05"]);
    expectApart(slots);
  });

  test("a repeated time means its first occurrence, so adjacent periods do not overlap", () => {
    const rules = [
      ...everyDay({ start: "00:30", end: "01:30", slotMinutes: 30 }),
      ...everyDay({ start: "01:30", end: "02:30", slotMinutes: 30 }),
    ];
    const slots = slotsOn("2026-11-01", hoursOf(NEW_YORK, rules));
    expect(inZone(slots, NEW_YORK)).toEqual([
      ...["00:30-04", "01:00-04", "01:30-04"],
      ...["01:00-05", "01:30-05", "02:00-05"],
    ]);
    expectApart(slots);
  });

  test("by half an hour, as on Lord Howe Island, slots are correct as well", () => {
    // 5 April 2026: 02:00 becomes 01:30.
    const zone = "Australia/Lord_Howe";
    const rules = everyDay({ start: "01:00", end: "03:00", slotMinutes: 30 });
    const slots = slotsOn("2026-04-05", hoursOf(zone, rules));
    expect(slots).toHaveLength(5);
    expectApart(slots);
  });
});

test("morning slots keep their local time across a clock change", () => {
  const rules = everyDay({ start: "09:00", end: "09:30", slotMinutes: 30 });
  const from = new Date("2026-10-30T00:00:00Z");
  const until = new Date("2026-11-04T00:00:00Z");
  const slots = slotsOf(hoursOf(NEW_YORK, rules), from, until);
  expect(inUtc(slots).map((text) => text.slice(11))).toEqual([
    ...["13:00", "13:00"],
    ...["14:00", "14:00", "14:00"],
  ]);
});

test("slots never overlap, in any tested zone and on any day of a year", () => {
  const rules = [
    ...everyDay({ start: "00:00", end: "01:50", slotMinutes: 25, bufferMinutes: 5 }),
    ...everyDay({ start: "01:50", end: "03:10", slotMinutes: 20 }),
    ...everyDay({ start: "22:00", end: "24:00", slotMinutes: 45 }),
  ];
  const zones = [
    NEW_YORK,
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Santiago",
    "Australia/Lord_Howe",
  ];
  for (const zone of zones) {
    const hours = hoursOf(zone, rules);
    const slots = slotsOf(
      hours,
      new Date("2026-01-01T00:00:00Z"),
      new Date("2027-01-01T00:00:00Z"),
    );
    expect(slots.length).toBeGreaterThan(350 * 9);
    expectApart(slots);
  }
});
