import { describe, expect, test } from "vitest";
import { slotTimesAreValid } from "@/server/availability/rules";
import { ageOn, checkoutUrl, refundOf, refundPercent, refundSteps } from "@/server/bookings/rules";

const NOW = new Date("2026-11-21T12:00:00Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

describe("a slot's times", () => {
  test.each([
    [1, 6, true],
    [1, 241, true],
    [60, 90, true],
    [0, 30, false],
    [-1, 29, false],
    [60, 60, false],
    [60, 59, false],
    [60, 64.99, false],
    [60, 300.01, false],
  ])("from %d to %d minutes from now: %s", (from, to, valid) => {
    expect(slotTimesAreValid(at(from), at(to), NOW)).toBe(valid);
  });
});

describe("age", () => {
  test.each([
    ["1990-11-21", 36],
    ["1990-11-22", 35],
    ["1990-11-20", 36],
    ["1990-12-01", 35],
    ["1990-01-31", 36],
    ["2026-11-21", 0],
    ["2000-02-29", 26],
  ])("born %s", (born, age) => {
    expect(ageOn("2026-11-21", born)).toBe(age);
  });

  test("born on a leap day, the birthday is not before the 29th", () => {
    expect(ageOn("2027-02-28", "2000-02-29")).toBe(26);
    expect(ageOn("2027-03-01", "2000-02-29")).toBe(27);
    expect(ageOn("2028-02-29", "2000-02-29")).toBe(28);
  });
});

describe("what a cancellation gives back", () => {
  const tiers = [
    { hoursBefore: 24, refundPercent: 100 },
    { hoursBefore: 2, refundPercent: 50 },
  ];
  const percent = (hours: number, capPercent = 100) =>
    refundPercent({ tiers, capPercent, startsAt: at(hours * 60), paidAt: null, now: NOW });

  test.each([
    [48, 100],
    [24, 100],
    [23.99, 50],
    [2, 50],
    [1.99, 0],
    [0, 0],
    [-5, 0],
  ])("%d hours before: %d %%", (hours, expected) => {
    expect(percent(hours)).toBe(expected);
  });

  test("never more than an earlier reschedule left", () => {
    expect(percent(48, 50)).toBe(50);
    expect(percent(3, 0)).toBe(0);
  });

  test("without tiers nothing", () => {
    expect(
      refundPercent({ tiers: [], capPercent: 100, startsAt: at(9999), paidAt: null, now: NOW }),
    ).toBe(0);
  });

  describe("with some minutes after paying that are free", () => {
    const policy = [{ minutesAfterPaying: 15, refundPercent: 100 }, ...tiers];
    const terms = (hours: number, minutesSincePaid: number | null, capPercent = 100) => ({
      tiers: policy,
      capPercent,
      startsAt: at(hours * 60),
      paidAt: minutesSincePaid === null ? null : at(-minutesSincePaid),
      now: NOW,
    });
    const minutesFromNow = (time: Date) => (time.getTime() - NOW.getTime()) / 60_000;
    const stepsOf = (...given: Parameters<typeof terms>) =>
      refundSteps(terms(...given)).map(({ until, percent }) => [minutesFromNow(until), percent]);

    test.each([
      [23, 0, 100],
      [23, 15, 100],
      [23, 15.01, 50],
      [1, 14, 100],
      [1, 16, 0],
      [0, 5, 100],
      [-0.01, 5, 0],
      [23, null, 50],
    ])("%d hours before, paid %d minutes ago: %d %%", (hours, paid, expected) => {
      expect(refundPercent(terms(hours, paid))).toBe(expected);
    });

    test("the steps to come are those that hold now or later, each share once", () => {
      expect(stepsOf(48, 60)).toEqual([
        [24 * 60, 100],
        [46 * 60, 50],
      ]);
      expect(stepsOf(23, 5)).toEqual([
        [10, 100],
        [21 * 60, 50],
      ]);
      expect(stepsOf(23, 60)).toEqual([[21 * 60, 50]]);
      expect(stepsOf(24 + 5 / 60, 0)).toEqual([
        [15, 100],
        [22 * 60 + 5, 50],
      ]);
      expect(stepsOf(0.1, 0)).toEqual([[6, 100]]);
      expect(stepsOf(1, 60)).toEqual([]);
    });

    test("after a reschedule at half there is one step, and after one at nothing none", () => {
      expect(stepsOf(48, 60, 50)).toEqual([[46 * 60, 50]]);
      expect(stepsOf(48, 60, 0)).toEqual([]);
    });
  });

  test("what went back already is never given twice", () => {
    expect(refundOf(50_000, 100, 10_000)).toBe(40_000);
    expect(refundOf(50_000, 50, 10_000)).toBe(25_000);
    expect(refundOf(50_000, 50, 40_000)).toBe(10_000);
    expect(refundOf(50_000, 100, 50_000)).toBe(0);
  });

  test("a share is rounded in the patient's favour, and never above the price", () => {
    expect(refundOf(50_001, 50)).toBe(25_001);
    expect(refundOf(1, 50)).toBe(1);
    expect(refundOf(99_999, 100)).toBe(99_999);
    expect(refundOf(99_999, 0)).toBe(0);
  });
});

test("where a payment is made", () => {
  expect(checkoutUrl("https://clinic.test", "sandbox", "p1")).toBe(
    "https://clinic.test/checkout/sandbox/p1",
  );
});
