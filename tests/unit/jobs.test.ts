import { describe, expect, test } from "vitest";
import { backoffMs, retryAfterMs } from "@/server/job-engine/embedded/backoff";
import { parseSchedule } from "@/server/job-engine/embedded/cron";
import { sleepEnd, toStoredError } from "@/server/job-engine/embedded/protocol";

describe("the wait before the next try", () => {
  test("doubles, is between half and all of that, and stops at 15 minutes", () => {
    expect([1, 2, 3, 4].map((n) => backoffMs(n, 2000, 1))).toEqual([2000, 4000, 8000, 16_000]);
    expect(backoffMs(1, 2000, 0)).toBe(1000);
    expect(backoffMs(20, 2000, 1)).toBe(900_000);
    expect(backoffMs(2000, 2000, 1)).toBe(900_000);
  });

  test("is what the function asked for: seconds, or an instant", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retryAfterMs("90", now)).toBe(90_000);
    expect(retryAfterMs("2026-01-01T00:01:00.000Z", now)).toBe(60_000);
    expect(retryAfterMs("2025-01-01T00:00:00.000Z", now)).toBe(0);
    expect(retryAfterMs(null, now)).toBeNull();
    expect(retryAfterMs("soon", now)).toBeNull();
  });
});

describe("a cron expression's latest tick", () => {
  const latest = (expression: string, now: string) =>
    parseSchedule(expression).latest(new Date(now))?.toISOString();

  test("is at or before now", () => {
    expect(latest("*/5 * * * *", "2026-01-01T00:04:59.999Z")).toBe("2026-01-01T00:00:00.000Z");
    expect(latest("*/5 * * * *", "2026-01-01T00:05:00.000Z")).toBe("2026-01-01T00:05:00.000Z");
    expect(latest("0 0 31 12 *", "2026-06-01T00:00:00.000Z")).toBe("2025-12-31T00:00:00.000Z");
  });

  test("is in the zone that stands before it, summer time included", () => {
    expect(latest("TZ=Asia/Kolkata 0 9 * * *", "2026-01-02T00:00:00.000Z")).toBe(
      "2026-01-01T03:30:00.000Z",
    );
    expect(latest("TZ=Europe/Berlin 0 9 * * *", "2026-07-02T00:00:00.000Z")).toBe(
      "2026-07-01T07:00:00.000Z",
    );
  });

  test("does not exist for what is no expression of five fields", () => {
    for (const expression of [
      "* * * *",
      "* * * * * *",
      "61 * * * *",
      "TZ=Nowhere/Land * * * * *",
    ]) {
      expect(() => latest(expression, "2026-01-01T00:00:00Z"), expression).toThrow();
    }
  });
});

test("a sleep ends at an instant or after a duration, and not at once for want of either", () => {
  expect(sleepEnd("2026-01-01T00:00:00.000Z")).toEqual({ dueAt: "2026-01-01T00:00:00.000Z" });
  expect(sleepEnd("1w2d3h4m5s")).toEqual({ delayMs: 788_645_000 });
  expect(() => sleepEnd("")).toThrow();
});

test("an error is kept without the values that Prisma quotes, and not at any length", () => {
  const message =
    "\nInvalid `db.user.create()` invocation in\nfile.ts\n{ name: 'Asha' }\n\nUnique constraint failed";
  expect(toStoredError({ name: "E", message })).toEqual({
    name: "E",
    message: "Unique constraint failed",
  });
  expect(toStoredError({ name: "E", message: "x".repeat(9999) }).message).toHaveLength(500);
  expect(toStoredError(null)).toEqual({ name: "Error", message: "unknown error" });
});
