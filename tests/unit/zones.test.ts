import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import {
  formatDayTime,
  formatTime,
  formatTimeRange,
  formatZone,
  localDate,
  localInstant,
  startOfDay,
  zoneCity,
} from "@/app/_components/format";
import { instantOf } from "@/server/availability/rules";
import { takeZoneTable, wallClock, zonePeriod, zoneTable } from "@/server/platform/zones";

const NEW_YORK = "America/New_York";

describe("when the clocks go back in New York, on 7 November 2027", () => {
  test("a time that occurs twice shows its zone abbreviation", () => {
    const starts = ["05:00", "05:30", "06:00", "06:30", "07:00"];
    expect(starts.map((time) => formatTime(`2027-11-07T${time}:00Z`, NEW_YORK))).toEqual([
      ...["1:00 am EDT", "1:30 am EDT", "1:00 am EST", "1:30 am EST", "2:00 am"],
    ]);
    expect(formatTime("2027-11-07T04:59:00Z", NEW_YORK)).toBe("12:59 am");
    expect(formatDayTime("2027-11-07T05:30:00Z", NEW_YORK)).toBe("Sun, 7 Nov, 2027, 1:30 am EDT");
  });

  test("a visit across the change shows both abbreviations and both zone names", () => {
    const visit = ["2027-11-07T05:45:00Z", "2027-11-07T06:15:00Z"] as const;
    expect(formatTimeRange(...visit, NEW_YORK)).toBe("1:45 am EDT – 1:15 am EST");
    expect(formatZone(NEW_YORK, ...visit)).toBe(
      "Eastern Daylight Time (GMT-4), then Eastern Standard Time (GMT-5)",
    );
    expect(formatTimeRange("2027-11-07T05:00:00Z", "2027-11-07T05:30:00Z", NEW_YORK)).toBe(
      "1:00 am EDT – 1:30 am EDT",
    );
  });
});

test("a visit across the skipped hour shows both abbreviations", () => {
  expect(formatTimeRange("2027-03-14T06:45:00Z", "2027-03-14T07:15:00Z", NEW_YORK)).toBe(
    "1:45 am EST – 3:15 am EDT",
  );
});

test("an ordinary visit shows no abbreviation, and am or pm only once", () => {
  expect(formatTimeRange("2027-11-08T14:30:00Z", "2027-11-08T15:00:00Z", NEW_YORK)).toBe(
    "9:30 – 10:00 am",
  );
});

test.each([
  ["Etc/GMT-5", "GMT+5", "GMT+5"],
  ["Etc/GMT+3", "GMT-3", "GMT-3"],
  ["Etc/UTC", "Coordinated Universal Time (GMT)", "UTC"],
  ["Asia/Kolkata", "India Standard Time (GMT+5:30)", "Kolkata"],
  ["Africa/Casablanca", "Casablanca (GMT+1)", "Casablanca"],
])("the zone %s is shown as %s, and its city as %s", (zone, name, city) => {
  expect(formatZone(zone, "2026-07-01T00:00:00Z")).toBe(name);
  expect(zoneCity(zone)).toBe(city);
});

describe("the server's table of a time zone", () => {
  test("takes precedence over the runtime's own zone data", () => {
    const zone = "Africa/Casablanca";
    const at = "2027-02-20T09:00:00Z";
    const original = zonePeriod(Date.parse(at), zone).offset;
    const table = zoneTable(zone, new Date("2026-11-30T00:00:00Z"));
    const periods = table.periods.map((period) => ({ ...period, offset: period.offset + 90 }));
    takeZoneTable({ ...table, periods });
    expect(zonePeriod(Date.parse(at), zone).offset).toBe(original + 90);
    const shown = wallClock(Date.parse(at), zone).toISOString().slice(0, 16);
    expect(localInstant(shown.slice(0, 10), shown.slice(11), zone)).toBe(
      "2027-02-20T09:00:00.000Z",
    );
    const time = Temporal.PlainTime.from(shown.slice(11));
    expect(formatTime(at, zone)).toBe(`${time.hour}:${String(time.minute).padStart(2, "0")} am`);
    takeZoneTable(table);
    expect(zonePeriod(Date.parse(at), zone).offset).toBe(original);
  });

  test("contains the years around now; other years use the runtime's data", () => {
    const table = zoneTable(NEW_YORK, new Date("2026-11-30T00:00:00Z"));
    expect(table.periods).toHaveLength(11);
    takeZoneTable(table);
    expect(formatTime("1999-07-01T12:00:00Z", NEW_YORK)).toBe("8:00 am");
    expect(formatTime("2199-01-01T12:00:00Z", NEW_YORK)).toBe("7:00 am");
  });
});

const ZONES = [
  ...[NEW_YORK, "Asia/Kolkata", "Africa/Casablanca", "America/Vancouver", "Asia/Beirut"],
  ...["Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Pacific/Apia", "Etc/GMT-5"],
];
const zones = fc.constantFrom(...ZONES);
const instants = fc
  .integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) })
  .map((ms) => ms - (ms % 60_000));

describe("for any zone and instant", () => {
  test("wallClock returns the same local time as Temporal", () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const expected = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
        expect(wallClock(at, zone).toISOString().slice(0, 19)).toBe(
          expected.toPlainDateTime().toString({ smallestUnit: "second" }),
        );
      }),
    );
  });

  test("localInstant returns the same instant as instantOf, which computes a doctor's hours", () => {
    const times = fc.integer({ min: 0, max: 95 }).map((quarter) => {
      const [hour, minute] = [Math.floor(quarter / 4), (quarter % 4) * 15];
      return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
    });
    fc.assert(
      fc.property(zones, instants, times, (zone, at, time) => {
        const day = localDate(new Date(at), zone);
        const expected = instantOf(Temporal.PlainDate.from(day), time, zone);
        expect(Date.parse(localInstant(day, time, zone))).toBe(expected);
      }),
    );
  });

  test("startOfDay returns the first instant of the local day", () => {
    fc.assert(
      fc.property(zones, instants, (zone, at) => {
        const day = localDate(new Date(at), zone);
        const start = startOfDay(day, zone);
        expect(localDate(start, zone)).toBe(day);
        expect(localDate(new Date(Date.parse(start) - 1), zone)).not.toBe(day);
      }),
    );
  });

  test("formatDayTime never shows two different instants within three hours alike", () => {
    fc.assert(
      fc.property(zones, instants, fc.integer({ min: 1, max: 180 }), (zone, at, minutes) => {
        const [first, second] = [new Date(at), new Date(at + minutes * 60_000)];
        expect(formatDayTime(first, zone)).not.toBe(formatDayTime(second, zone));
      }),
    );
  });
});
