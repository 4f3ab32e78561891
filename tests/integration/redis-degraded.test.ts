import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { loadEnv } from "@/env";
import { registry } from "@/server/platform/metrics";
import { limit } from "@/server/platform/rate-limit";
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
  amrutamLimits?: { limiters: Map<string, unknown>; restUntil: number };
};

/** Has the app use another Redis from now on. */
async function use(url: string | undefined): Promise<void> {
  await closeStore();
  Object.assign(loadEnv(), { REDIS_URL: url, RATE_LIMITS: true });
  state.amrutamLimits?.limiters.clear();
  if (state.amrutamLimits) state.amrutamLimits.restUntil = 0;
}
afterEach(async () => {
  await use(undefined);
  await Promise.all(started.splice(0).map((redis) => redis.stop()));
});
afterAll(() => Object.assign(loadEnv(), { RATE_LIMITS: false }));

/** What readiness and the metric say of the cache. */
async function looks() {
  const { status, body } = await api.send("/api/health/ready");
  const metric = /amrutam_degraded\{part="cache"\} (\d)/.exec(await registry.metrics())?.[1];
  return { status, degraded: (body as { degraded: string[] }).degraded, metric };
}
const WELL = { status: 200, degraded: [], metric: "0" };
const DEGRADED = { status: 200, degraded: ["cache"], metric: "1" };
const until = (wanted: object) => expect.poll(looks, { timeout: 30_000 }).toEqual(wanted);

/** Whether two calls, of which one is allowed, are counted by Redis. */
async function countsIn(redis: RedisProcess): Promise<boolean> {
  const { requests } = POLICIES.signInPerAccount;
  Object.assign(POLICIES.signInPerAccount, { requests: 1 });
  state.amrutamLimits?.limiters.clear();
  try {
    await limit("signInPerAccount", "somebody");
    await expect(limit("signInPerAccount", "somebody")).rejects.toMatchObject({
      reason: "RATE_LIMITED",
    });
  } finally {
    Object.assign(POLICIES.signInPerAccount, { requests });
  }
  return (await redis.keys()).some((key) => key.startsWith("amrutam:signInPerAccount"));
}

describe("a process whose Redis does not serve is ready, and says that it is degraded", () => {
  test("gone, and back", async () => {
    const redis = await start("server");
    await use(redis.url);
    await until(WELL);
    await redis.stop();
    await until(DEGRADED);
    await redis.restart();
    await until(WELL);
  }, 90_000);

  test("full", async () => {
    const redis = await start("server", "--maxmemory", "1", "--maxmemory-policy", "noeviction");
    await use(redis.url);
    await until(DEGRADED);
    await expect(limit("signInPerAccount", "somebody")).resolves.toBeUndefined();
  });

  test("a Sentinel in its place", async () => {
    const master = await start("server");
    const sentinel = await start("sentinel", master.url);
    await use(sentinel.url);
    await until(DEGRADED);
  });

  test("a node of a cluster that has no slots", async () => {
    const node = await start("server", "--cluster-enabled", "yes");
    await use(node.url);
    await until(DEGRADED);
  });
});

describe("limits are counted", () => {
  test("by a node of a cluster, keys of one caller in one slot", async () => {
    const node = await start("server", "--cluster-enabled", "yes");
    await node.addAllSlots();
    await use(node.url);
    await until(WELL);
    expect(await countsIn(node)).toBe(true);
  });

  test("by a cluster that redis+cluster:// names", async () => {
    // A node that is alone does not know its own address.
    const address = ["--cluster-announce-ip", "127.0.0.1"];
    const node = await start("server", "--cluster-enabled", "yes", ...address);
    await node.addAllSlots();
    await use(node.url.replace("redis:", "redis+cluster:"));
    await until(WELL);
    expect(await countsIn(node)).toBe(true);
  });

  test("by the master that the Sentinels of redis+sentinel:// name", async () => {
    const master = await start("server");
    const sentinel = await start("sentinel", master.url);
    await use(`${sentinel.url.replace("redis:", "redis+sentinel:")}/main`);
    await until(WELL);
    expect(await countsIn(master)).toBe(true);
  });
});

test("the alert asks for a metric that there is", async () => {
  const rules = readFileSync("deploy/alerts.yml", "utf8");
  const [, metric = "none"] = /expr: .*\b(amrutam_\w+)\{/.exec(rules) ?? [];
  expect(await registry.metrics()).toContain(`# TYPE ${metric} gauge`);
});
