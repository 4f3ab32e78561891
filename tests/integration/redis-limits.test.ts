import "../support/redis-env";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError } from "@/server/platform/errors";
import { limit } from "@/server/platform/rate-limit";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";
import { closeStore, storeAnswers } from "@/server/platform/rate-limit-store";
import { startApp } from "../support/app-process";
import { type Answer, type Api, labelOf } from "../support/http";
import { until } from "../support/jobs";
import { redis } from "../support/redis-env";

const MINUTES = 180_000;
/** What a request may wait for the shared store is 250 ms; the rest is for a slow machine. */
const GENEROUS_MS = 700;

const login = (api: Api, email: string) =>
  api.post("/auth/login", { email, password: "not the right one" }, null, { key: null });

/** How many calls of a policy get through before one is refused; all of them, where none is. */
async function passes(policy: Policy, tries: number, who: string = randomUUID()): Promise<number> {
  for (let passed = 0; passed < tries; passed++) {
    const refused = await limit(policy, who).then(
      () => false,
      () => true,
    );
    if (refused) return passed;
  }
  return tries;
}

const shared = () =>
  globalThis as { amrutamLimits?: { limiters: Map<string, unknown>; restUntil: number } };

/** Forgets that the store was away a moment ago, so that the next call asks it. */
const askAgain = () => {
  const { amrutamLimits } = shared();
  if (amrutamLimits) amrutamLimits.restUntil = 0;
};

/** The shortest wait of three calls that ask a store which does not answer. */
async function shortestWait(): Promise<number> {
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    askAgain();
    const from = performance.now();
    await limit("searchPerAddress", randomUUID());
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

  /** Tries to sign in until it is refused, on the app that `which` says. */
  async function guess(which: (n: number) => number): Promise<{ count: number; last: Answer }> {
    const email = `${randomUUID()}@example.test`;
    for (let count = 0; ; count++) {
      const last = await login(app(which(count)), email);
      if (last.status !== 401 || count > 30) return { count, last };
    }
  }
  const { requests } = POLICIES.signInPerAccount;

  /** That both count into one: a machine that is too slow to ask in time is given another try. */
  const untilTogether = () =>
    until(
      "both count together",
      async () => {
        const { count, last } = await guess((n) => n);
        expect(labelOf(last)).toBe("429 RATE_LIMITED");
        expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
        return count === requests;
      },
      90_000,
    );

  test("both count together, and who is refused is told how long to wait", untilTogether);

  test("who waits as long as a refusal says gets through", async () => {
    const usual = { ...POLICIES.linkPerAddress };
    Object.assign(POLICIES.linkPerAddress, { requests: 3, seconds: 3 });
    try {
      const who = randomUUID();
      for (let rounds = 0; rounds < 3; rounds++) {
        let refusal: unknown = null;
        while (!refusal) refusal = await limit("linkPerAddress", who).catch((error) => error);
        if (!(refusal instanceof AppError)) throw refusal;
        await sleep(Number(refusal.data.retryAfterSeconds) * 1000);
        await limit("linkPerAddress", who);
      }
    } finally {
      Object.assign(POLICIES.linkPerAddress, usual);
      shared().amrutamLimits?.limiters.clear();
    }
  });

  test("holds nobody's address", async () => {
    const found = await redis.keys();
    expect(found.filter((text) => text.includes("signInPerAccount")).length).toBeGreaterThan(0);
    expect(found.filter((text) => /@|example\.test|127\.0\.0\.1/.test(text))).toEqual([]);
  });

  test.each([
    ["hanging", () => redis.freeze()],
    ["killed", () => redis.kill()],
  ])(
    "Redis %s: what is strict stays limited by each process, the rest goes on",
    async (_how, away) => {
      // A connection that was never made fails at once: what is waited for is an answer.
      await expect.poll(storeAnswers, { timeout: 20_000 }).toBe(true);
      await away();
      try {
        expect(await shortestWait()).toBeLessThan(GENEROUS_MS);
        for (const policy of strict) {
          const limited = POLICIES[policy].requests;
          expect([policy, await passes(policy, limited + 1)]).toEqual([policy, limited]);
        }
        for (const policy of lenient) {
          const more = POLICIES[policy].requests + 5;
          expect([policy, await passes(policy, more)]).toEqual([policy, more]);
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

  test("they count together again once it is back", async () => {
    await redis.start();
    await untilTogether();
  });
});
