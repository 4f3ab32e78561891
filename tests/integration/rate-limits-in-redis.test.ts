import "../support/redis-env";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "@/server/platform/errors";
import { enforceRateLimit } from "@/server/platform/rate-limit";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";
import { closeStore, isStoreWritable } from "@/server/platform/rate-limit-store";
import { startApp } from "../support/app-process";
import { type Answer, type Api, labelOf } from "../support/http";
import { until } from "../support/jobs";
import { redis } from "../support/redis-env";

const MINUTES = 180_000;
/** A request waits at most 250 ms for the shared store; the rest allows for a slow machine. */
const GENEROUS_MS = 700;

const login = (api: Api, email: string) =>
  api.post("/auth/login", { email, password: "not the right one" }, null, { key: null });

/** Calls a policy until it refuses. @returns how many calls it allowed: `tries` if it refused none. */
async function countAllowed(
  policy: Policy,
  tries: number,
  who: string = randomUUID(),
): Promise<number> {
  for (let passed = 0; passed < tries; passed++) {
    const refused = await enforceRateLimit(policy, who).then(
      () => false,
      () => true,
    );
    if (refused) return passed;
  }
  return tries;
}

const shared = () =>
  globalThis as { amrutamLimits?: { limiters: Map<string, unknown>; pausedUntil: number } };

/** Ends the pause after a failed call of the store, so that the next call asks it again. */
const endPause = () => {
  const { amrutamLimits } = shared();
  if (amrutamLimits) amrutamLimits.pausedUntil = 0;
};

/** The shortest duration of three calls that ask a store which does not answer, in milliseconds. */
async function shortestWait(): Promise<number> {
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    endPause();
    const from = performance.now();
    await enforceRateLimit("searchPerAddress", randomUUID());
    waits.push(performance.now() - from);
  }
  return Math.min(...waits);
}

const policies = Object.keys(POLICIES) as Policy[];
const strict = policies.filter((policy) => POLICIES[policy].strict);
const lenient = policies.filter((policy) => !POLICIES[policy].strict);

describe("rate limits on a real Redis, with two app processes", { timeout: MINUTES }, () => {
  let apps: Api[];
  beforeAll(async () => {
    apps = (await Promise.all([startApp(), startApp()])).map(({ api }) => api);
  }, MINUTES);
  afterAll(async () => {
    redis.thaw();
    await closeStore();
  });
  const app = (n: number): Api => apps[n % 2] as Api;

  /** Tries to sign in until the rate limit refuses; `which` chooses the app for each try. */
  async function guess(which: (n: number) => number): Promise<{ count: number; last: Answer }> {
    const email = `${randomUUID()}@example.test`;
    for (let count = 0; ; count++) {
      const last = await login(app(which(count)), email);
      if (last.status !== 401 || count > 30) return { count, last };
    }
  }
  const { requests } = POLICIES.signInPerAccount;

  /** Waits until both apps share one count: on a slow machine a call of the store can time out. */
  const untilCountIsShared = () =>
    until(
      "both apps share one count",
      async () => {
        const { count, last } = await guess((n) => n);
        expect(labelOf(last)).toBe("429 RATE_LIMITED");
        expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
        return count === requests;
      },
      90_000,
    );

  test("share one count, and a refusal says how long to wait", untilCountIsShared);

  test("let a caller through who waits as long as a refusal says", async () => {
    const usual = { ...POLICIES.linkPerAddress };
    Object.assign(POLICIES.linkPerAddress, { requests: 3, seconds: 3 });
    try {
      const who = randomUUID();
      for (let rounds = 0; rounds < 3; rounds++) {
        let refusal: unknown = null;
        while (!refusal)
          refusal = await enforceRateLimit("linkPerAddress", who).catch((error) => error);
        if (!(refusal instanceof AppError)) throw refusal;
        await sleep(Number(refusal.data.retryAfterSeconds) * 1000);
        await enforceRateLimit("linkPerAddress", who);
      }
    } finally {
      Object.assign(POLICIES.linkPerAddress, usual);
      shared().amrutamLimits?.limiters.clear();
    }
  });

  test("store no mail or network address in Redis", async () => {
    const found = await redis.content();
    expect(found.filter((text) => text.includes("signInPerAccount")).length).toBeGreaterThan(0);
    expect(found.filter((text) => /@|example\.test|127\.0\.0\.1/.test(text))).toEqual([]);
  });

  test.each([
    ["hanging", () => redis.freeze()],
    ["killed", () => redis.stop()],
  ])(
    "with Redis %s, each process applies the strict policies, and the others allow every call",
    async (_how, stop) => {
      // Wait for a first answer: a connection that was never made would fail at once.
      await expect.poll(isStoreWritable, { timeout: 20_000 }).toBe(true);
      await stop();
      try {
        expect(await shortestWait()).toBeLessThan(GENEROUS_MS);
        for (const policy of strict) {
          const limited = POLICIES[policy].requests;
          expect([policy, await countAllowed(policy, limited + 1)]).toEqual([policy, limited]);
        }
        for (const policy of lenient) {
          const more = POLICIES[policy].requests + 5;
          expect([policy, await countAllowed(policy, more)]).toEqual([policy, more]);
        }
        for (const which of [0, 1]) {
          const { count, last } = await guess(() => which);
          expect({ count, label: labelOf(last) }).toEqual({
            count: requests,
            label: "429 RATE_LIMITED",
          });
          expect((await app(which).get("/doctors")).status).toBe(200);
        }
      } finally {
        redis.thaw();
      }
    },
  );

  test("share one count again once Redis is back", async () => {
    await redis.restart();
    await untilCountIsShared();
  });
});
