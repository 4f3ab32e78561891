import { Ratelimit } from "@upstash/ratelimit";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { slidingWindowInMemory } from "@/server/platform/rate-limit-memory";
import { noStore } from "@/server/platform/rate-limit-store";

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => vi.useRealTimers());

const calls = fc.record({
  requests: fc.integer({ min: 1, max: 30 }),
  seconds: fc.integer({ min: 1, max: 900 }),
  /** The waits between calls, as shares of the window. */
  gaps: fc.array(fc.double({ min: 0, max: 0.6, noNaN: true }), { minLength: 40, maxLength: 80 }),
});

test("a refused caller gets through exactly when the refusal says, and not earlier", async () => {
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(calls, async ({ requests, seconds, gaps }) => {
      const limiter = new Ratelimit({
        redis: noStore,
        limiter: slidingWindowInMemory(requests, seconds),
        ephemeralCache: false,
      });
      for (const gap of gaps) {
        vi.setSystemTime(Date.now() + Math.round((gap * seconds * 1000) / requests));
        const { success, reset } = await limiter.limit("somebody");
        if (success) continue;
        refusals++;
        expect(reset).toBeGreaterThan(Date.now());
        vi.setSystemTime(Math.max(Date.now(), reset - 3));
        expect((await limiter.limit("somebody")).success).toBe(false);
        vi.setSystemTime(reset);
        expect((await limiter.limit("somebody")).success).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
  expect(refusals).toBeGreaterThan(100);
});
