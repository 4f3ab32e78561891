import { describe, expect, test } from "vitest";
import { slotTimesAreValid } from "@/server/availability/rules";
import { ageOn, checkoutUrl, refundOf, refundPercent, refundSteps } from "@/server/bookings/rules";

const NOW = new Date("2026-11-21T12:00:00Z");
const MINUTE = 60_000;
const at = (minutes: number) => new Date(NOW.getTime() + minutes * MINUTE);

describe("the times of a slot", () => {
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
  ])("from %d to %d minutes after now are valid: %s", (from, to, valid) => {
    expect(slotTimesAreValid(at(from), at(to), NOW)).toBe(valid);
  });
});

describe("the age on 21 November 2026", () => {
  test.each([
    ["1990-11-21", 36],
    ["1990-11-22", 35],
    ["1990-11-20", 36],
    ["1990-12-01", 35],
    ["1990-01-31", 36],
    ["2026-11-21", 0],
    ["2000-02-29", 26],
  ])("of a person born on %s is %i", (born, age) => {
    expect(ageOn("2026-11-21", born)).toBe(age);
  });

  test("increases on 1 March in common years for a person born on 29 February", () => {
    expect(ageOn("2027-02-28", "2000-02-29")).toBe(26);
    expect(ageOn("2027-03-01", "2000-02-29")).toBe(27);
    expect(ageOn("2028-02-29", "2000-02-29")).toBe(28);
  });
});

describe("the refund of a cancellation", () => {
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
  ])("%d hours before the start is %d %%", (hours, expected) => {
    expect(percent(hours)).toBe(expected);
  });

  test("is at most the percentage that an earlier reschedule left", () => {
    expect(percent(48, 50)).toBe(50);
    expect(percent(3, 0)).toBe(0);
  });

  test("is nothing if the policy has no tiers", () => {
    expect(
      refundPercent({ tiers: [], capPercent: 100, startsAt: at(9999), paidAt: null, now: NOW }),
    ).toBe(0);
  });

  describe("with free cancellation for some minutes after the payment", () => {
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
    ])(
      "%d hours before the start, %d minutes after the payment, is %d %%",
      (hours, paid, expected) => {
        expect(refundPercent(terms(hours, paid))).toBe(expected);
      },
    );

    test("has one step for each percentage that applies now or later", () => {
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

    test("has one step after a reschedule at 50 %, and none after a reschedule at 0 %", () => {
      expect(stepsOf(48, 60, 50)).toEqual([[46 * 60, 50]]);
      expect(stepsOf(48, 60, 0)).toEqual([]);
    });
  });

  test("excludes what was refunded already", () => {
    expect(refundOf(50_000, 100, 10_000)).toBe(40_000);
    expect(refundOf(50_000, 50, 10_000)).toBe(25_000);
    expect(refundOf(50_000, 50, 40_000)).toBe(10_000);
    expect(refundOf(50_000, 100, 50_000)).toBe(0);
  });

  test("is rounded up for the patient, and is never more than the price", () => {
    expect(refundOf(50_001, 50)).toBe(25_001);
    expect(refundOf(1, 50)).toBe(1);
    expect(refundOf(99_999, 100)).toBe(99_999);
    expect(refundOf(99_999, 0)).toBe(0);
  });
});

test("the checkout URL contains the origin, the gateway and the payment's id", () => {
  expect(checkoutUrl("https://clinic.test", "sandbox", "p1")).toBe(
    "https://clinic.test/checkout/sandbox/p1",
  );
});
