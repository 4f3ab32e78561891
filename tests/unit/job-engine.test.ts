import { describe, expect, test } from "vitest";
import { backoffMs } from "@/server/job-engine/embedded/backoff";
import { parseSchedule } from "@/server/job-engine/embedded/cron";
import { toStoredError } from "@/server/job-engine/embedded/protocol";

describe("the wait before the next try", () => {
  test("doubles with each failure, is random between half and all of that, and stays within 15 minutes", () => {
    expect([1, 2, 3, 4].map((n) => backoffMs(n, 2000, 1))).toEqual([2000, 4000, 8000, 16_000]);
    expect(backoffMs(1, 2000, 0)).toBe(1000);
    expect(backoffMs(20, 2000, 1)).toBe(900_000);
    expect(backoffMs(2000, 2000, 1)).toBe(900_000);
  });
});

describe("a cron expression's latest tick", () => {
  const latest = (expression: string, now: string) =>
    parseSchedule(expression).latest(new Date(now))?.toISOString();

  test("is the last one at or before now", () => {
    expect(latest("*/5 * * * *", "2026-01-01T00:04:59.999Z")).toBe("2026-01-01T00:00:00.000Z");
    expect(latest("*/5 * * * *", "2026-01-01T00:05:00.000Z")).toBe("2026-01-01T00:05:00.000Z");
    expect(latest("0 0 31 12 *", "2026-06-01T00:00:00.000Z")).toBe("2025-12-31T00:00:00.000Z");
  });

  test.each(["* * * *", "* * * * * *", "61 * * * *", "TZ=Asia/Kolkata * * * * *"])(
    "is refused for %s, which is not an expression of five fields",
    (expression) => {
      expect(() => latest(expression, "2026-01-01T00:00:00Z")).toThrow();
    },
  );
});

test("a stored error has at most 500 characters and none of the values that Prisma quotes", () => {
  const message =
    "\nInvalid `db.user.create()` invocation in\nfile.ts\n{ name: 'Asha' }\n\nUnique constraint failed";
  expect(toStoredError({ name: "E", message })).toEqual({
    name: "E",
    message: "Unique constraint failed",
  });
  expect(toStoredError({ name: "E", message: "x".repeat(9999) }).message).toHaveLength(500);
  expect(toStoredError(null)).toEqual({ name: "Error", message: "unknown error" });
});
