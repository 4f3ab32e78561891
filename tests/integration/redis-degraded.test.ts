import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { loadEnv } from "@/env";
import { registry } from "@/server/platform/metrics";
import { enforceRateLimit } from "@/server/platform/rate-limit";
import { POLICIES } from "@/server/platform/rate-limit-policies";
import { closeStore } from "@/server/platform/rate-limit-store";
import { Api } from "../support/http";
import { RedisProcess } from "../support/redis-process";
import { routeHandlers } from "../support/routes";

const api = new Api(routeHandlers);
const started: RedisProcess[] = [];
const start = async (kind: "server" | "sentinel", ...options: string[]) => {
  const redis = await RedisProcess.start(kind, options);
  started.push(redis);
  return redis;
};
const state = globalThis as {
  amrutamLimits?: { limiters: Map<string, unknown>; pausedUntil: number };
};

/** Makes the app use another Redis. */
async function useRedis(url: string | undefined): Promise<void> {
  await closeStore();
  Object.assign(loadEnv(), { REDIS_URL: url, RATE_LIMITS: true });
  state.amrutamLimits?.limiters.clear();
  if (state.amrutamLimits) state.amrutamLimits.pausedUntil = 0;
}
afterEach(async () => {
  await useRedis(undefined);
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
});
afterAll(() => Object.assign(loadEnv(), { RATE_LIMITS: false }));

/** Returns the readiness status, the degraded parts and the metric of the cache. */
async function cacheState() {
  const { status, body } = await api.send("/api/health/ready");
  const metric = /amrutam_degraded\{part="cache"\} (\d)/.exec(await registry.metrics())?.[1];
  return { status, degraded: (body as { degraded: string[] }).degraded, metric };
}
const HEALTHY = { status: 200, degraded: [], metric: "0" };
const DEGRADED = { status: 200, degraded: ["cache"], metric: "1" };
const expectSoon = (wanted: object) => expect.poll(cacheState, { timeout: 30_000 }).toEqual(wanted);

/** Makes two calls, of which the rate limit allows one. Returns whether this Redis has their counter. */
async function isCountedIn(redis: RedisProcess): Promise<boolean> {
  const { requests } = POLICIES.signInPerAccount;
  Object.assign(POLICIES.signInPerAccount, { requests: 1 });
  state.amrutamLimits?.limiters.clear();
  try {
    await enforceRateLimit("signInPerAccount", "somebody");
    await expect(enforceRateLimit("signInPerAccount", "somebody")).rejects.toMatchObject({
      reason: "RATE_LIMITED",
    });
  } finally {
    Object.assign(POLICIES.signInPerAccount, { requests });
  }
  return (await redis.content()).some((key) => key.startsWith("amrutam:signInPerAccount"));
}

describe("a process is ready but degraded", () => {
  test("while its Redis is stopped", async () => {
    const redis = await start("server");
    await useRedis(redis.url);
    await expectSoon(HEALTHY);
    await redis.stop();
    await expectSoon(DEGRADED);
    await redis.restart();
    await expectSoon(HEALTHY);
  }, 90_000);

  test("if its Redis is full", async () => {
    const redis = await start("server", "--maxmemory", "1", "--maxmemory-policy", "noeviction");
    await useRedis(redis.url);
    await expectSoon(DEGRADED);
    await expect(enforceRateLimit("signInPerAccount", "somebody")).resolves.toBeUndefined();
  });

  test("if a plain redis:// address leads to a Sentinel", async () => {
    const master = await start("server");
    const sentinel = await start("sentinel", master.url);
    await useRedis(sentinel.url);
    await expectSoon(DEGRADED);
  });

  test("if its Redis is a cluster node without hash slots", async () => {
    const node = await start("server", "--cluster-enabled", "yes");
    await useRedis(node.url);
    await expectSoon(DEGRADED);
  });
});

describe("requests are counted for the rate limits", () => {
  test("by a cluster node, with the keys of one caller in one hash slot", async () => {
    const node = await start("server", "--cluster-enabled", "yes");
    await node.addAllSlots();
    await useRedis(node.url);
    await expectSoon(HEALTHY);
    expect(await isCountedIn(node)).toBe(true);
  });

  test("by the cluster that a redis+cluster:// address leads to", async () => {
    // A cluster of a single node reports no address to clients, unless the address is configured.
    const address = ["--cluster-announce-ip", "127.0.0.1"];
    const node = await start("server", "--cluster-enabled", "yes", ...address);
    await node.addAllSlots();
    await useRedis(node.url.replace("redis:", "redis+cluster:"));
    await expectSoon(HEALTHY);
    expect(await isCountedIn(node)).toBe(true);
  });

  test("by the master that the Sentinel of a redis+sentinel:// address reports", async () => {
    const master = await start("server");
    const sentinel = await start("sentinel", master.url);
    await useRedis(`${sentinel.url.replace("redis:", "redis+sentinel:")}/main`);
    await expectSoon(HEALTHY);
    expect(await isCountedIn(master)).toBe(true);
  });
});

test("the alert rule uses a metric that exists", async () => {
  const rules = readFileSync("deploy/alerts.yml", "utf8");
  const [, metric = "none"] = /expr: .*\b(amrutam_\w+)\{/.exec(rules) ?? [];
  expect(await registry.metrics()).toContain(`# TYPE ${metric} gauge`);
});
