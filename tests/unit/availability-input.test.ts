import { describe, expect, test } from "vitest";
import { setAvailabilityInput } from "@/server/availability/schema";

const rule = { weekday: 1, start: "09:00", end: "13:00", slotMinutes: 30 };
const special = { date: "2026-11-24", start: "09:00", end: "13:00", slotMinutes: 30 };
const base = { timezone: "Asia/Kolkata", rules: [rule] };

/** The issues as the API shows them, for example "rules.1: overlaps …". */
function issuesOf(input: unknown): string[] {
  const { error } = setAvailabilityInput.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("hours with only the required fields get the defaults", () => {
  expect(setAvailabilityInput.parse(base)).toEqual({
    ...base,
    exceptions: [],
    minimumNoticeMinutes: 0,
    horizonDays: 30,
  });
});

test("hours with all fields are returned unchanged", () => {
  const full = {
    timezone: "America/New_York",
    rules: [rule, { ...rule, start: "13:00", end: "24:00", bufferMinutes: 10 }],
    exceptions: [
      special,
      { ...special, start: "13:00", end: "14:00" },
      { date: "2026-12-25", closed: true },
    ],
    minimumNoticeMinutes: 120,
    horizonDays: 90,
  };
  expect(setAvailabilityInput.parse(full)).toEqual(full);
});

test("hours without any rule are valid", () => {
  expect(issuesOf({ ...base, rules: [] })).toEqual([]);
});

describe("hours are refused, with the place and the reason, if they have", () => {
  const cases: Array<[name: string, input: object, issues: string[]]> = [
    [
      "overlapping rules of one weekday",
      { rules: [rule, { ...rule, weekday: 2 }, { ...rule, start: "12:59", end: "14:00" }] },
      ["rules.2: overlaps an earlier rule of this weekday"],
    ],
    [
      "an end equal to the start",
      { rules: [{ ...rule, end: "09:00" }] },
      ["rules.0: the end must be after the start"],
    ],
    [
      "an end before the start",
      { rules: [{ ...rule, start: "22:00", end: "02:00" }] },
      ["rules.0: the end must be after the start"],
    ],
    [
      "a period shorter than one slot",
      { rules: [{ ...rule, end: "09:20" }] },
      ["rules.0: is shorter than one slot"],
    ],
    [
      "overlapping exceptions of one date",
      { exceptions: [special, { ...special, start: "12:00" }] },
      ["exceptions.1: overlaps an earlier exception of this date"],
    ],
    [
      "a day off that also has hours",
      { exceptions: [special, { date: special.date, closed: true }] },
      ["exceptions.1: a day off can have no other exception"],
    ],
    [
      "the same day off twice",
      {
        exceptions: [
          { date: special.date, closed: true },
          { date: special.date, closed: true },
        ],
      },
      ["exceptions.1: a day off can have no other exception"],
    ],
    [
      "a notice as long as the horizon",
      { minimumNoticeMinutes: 1440, horizonDays: 1 },
      ["minimumNoticeMinutes: leaves nothing to book within the horizon"],
    ],
    [
      "more slots than one change may make",
      {
        rules: [{ ...rule, start: "00:00", end: "24:00", slotMinutes: 5 }].flatMap((all) =>
          [1, 2, 3].map((weekday) => ({ ...all, weekday })),
        ),
        horizonDays: 90,
      },
      ["horizonDays: makes more than 10000 slots at once; choose fewer days"],
    ],
    ["an unknown zone", { timezone: "India/Delhi" }, ["timezone: not an IANA time zone"]],
  ];
  test.each(cases)("%s", (_name, input, issues) => {
    expect(issuesOf({ ...base, ...input })).toEqual(issues);
  });

  const outOfBounds: Array<[name: string, input: object, path: string]> = [
    ["slots under 5 minutes", { rules: [{ ...rule, slotMinutes: 4 }] }, "rules.0.slotMinutes"],
    ["slots over 240 minutes", { rules: [{ ...rule, slotMinutes: 241 }] }, "rules.0.slotMinutes"],
    [
      "slots of a fraction of a minute",
      { rules: [{ ...rule, slotMinutes: 30.5 }] },
      "rules.0.slotMinutes",
    ],
    ["a negative buffer", { rules: [{ ...rule, bufferMinutes: -1 }] }, "rules.0.bufferMinutes"],
    ["weekday 0", { rules: [{ ...rule, weekday: 0 }] }, "rules.0.weekday"],
    ["weekday 8", { rules: [{ ...rule, weekday: 8 }] }, "rules.0.weekday"],
    ["a start at 24:00", { rules: [{ ...rule, start: "24:00" }] }, "rules.0.start"],
    ["an end at 24:30", { rules: [{ ...rule, end: "24:30" }] }, "rules.0.end"],
    ["a time in words", { rules: [{ ...rule, start: "9 am" }] }, "rules.0.start"],
    [
      "a date that does not exist",
      { exceptions: [{ ...special, date: "2026-02-30" }] },
      "exceptions.0.date",
    ],
    ["an exception without hours", { exceptions: [{ date: special.date }] }, "exceptions.0.start"],
    ["more rules than are allowed", { rules: Array(71).fill(rule) }, "rules"],
    [
      "201 exceptions in the future",
      { exceptions: Array(201).fill({ ...special, date: "2199-01-01" }) },
      "exceptions",
    ],
    ["a horizon of no days", { horizonDays: 0 }, "horizonDays"],
    ["a horizon of 91 days", { horizonDays: 91 }, "horizonDays"],
    ["a notice of more than two weeks", { minimumNoticeMinutes: 20_161 }, "minimumNoticeMinutes"],
    ["no rules field", { rules: undefined }, "rules"],
  ];
  test.each(outOfBounds)("%s", (_name, input, path) => {
    const paths = issuesOf({ ...base, ...input }).map((issue) => issue.split(":")[0]);
    expect(paths).toContain(path);
  });
});
