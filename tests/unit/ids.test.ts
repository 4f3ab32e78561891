import { expect, test } from "vitest";
import { uuidv7 } from "@/server/platform/ids";

test("uuidv7 returns a UUID of version 7 that contains the current millisecond", () => {
  const before = Date.now();
  const id = uuidv7();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const made = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  expect(made).toBeGreaterThanOrEqual(before);
  expect(made).toBeLessThanOrEqual(Date.now());
});

test("uuidv7 returns a different id at each call", () => {
  expect(new Set(Array.from({ length: 10_000 }, uuidv7)).size).toBe(10_000);
});
