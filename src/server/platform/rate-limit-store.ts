import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RatelimitConfig } from "@upstash/ratelimit";
import { Redis as Upstash } from "@upstash/redis";
import type { Cluster, Redis } from "ioredis";
import { env } from "@/env";
import { logger } from "./logger";
import { openRedis } from "./redis";

type Store = RatelimitConfig["redis"] & {
  eval: (script: string, keys: string[], args: unknown[]) => Promise<unknown>;
};

/** The store counts as unreachable if it does not respond in this time. */
const PROBE_TIMEOUT_MS = 1000;

const refuse = () => Promise.reject(new Error("no shared store is configured"));

/** For limiters that count in memory. The library requires a store, but must not use it. */
export const noStore = { evalsha: refuse, get: refuse, set: refuse } as unknown as Store;

type Connection = { redis: Redis | Cluster; opened: Promise<void> };

/** Removes the first line of the library's scripts: a flag that Upstash accepts and Redis refuses. */
const withoutFlag = (script: string) => script.replace(/^#!lua[^\n]*\n/, "");
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

/** Implements the commands that the library needs with an ioredis connection. */
function overIoredis({ redis, opened }: Connection): Store {
  const known = new Map<string, string>();
  return {
    eval: async (script: string, keys: string[], args: unknown[]) => {
      await opened;
      const plain = withoutFlag(script);
      known.set(sha1(script), sha1(plain));
      return redis.eval(plain, keys.length, ...keys, ...args.map(String));
    },
    evalsha: async (sha: string, keys: string[], args: unknown[]) => {
      await opened;
      return redis.evalsha(known.get(sha) ?? sha, keys.length, ...keys, ...args.map(String));
    },
    get: (key: string) => redis.get(key),
    set: (key: string, value: unknown) => redis.set(key, String(value)),
  } as unknown as Store;
}

const shared = globalThis as typeof globalThis & { amrutamRedis?: Connection };

function connect(url: string): Connection {
  if (!shared.amrutamRedis) {
    const redis = openRedis(url);
    redis.on("error", (error: Error) => logger.debug({ err: error }, "redis connection"));
    // Callers wait for the first connection. Else the first request would fall back to local counting.
    const opened = new Promise<void>((resolve) => {
      redis.once("ready", resolve);
      redis.once("close", resolve);
    });
    shared.amrutamRedis = { redis, opened };
  }
  return shared.amrutamRedis;
}

/** Returns the store that all app processes share, or null if none is configured. */
export function sharedStore(): Store | null {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token, REDIS_URL } = env;
  if (url && token) return new Upstash({ url, token, retry: false });
  return REDIS_URL ? overIoredis(connect(REDIS_URL)) : null;
}

/** Writes, as rate limits do: a full Redis, a replica, a Sentinel and a wrong cluster node all answer a PING. */
const PROBE =
  'redis.call("SET", KEYS[1], "1", "EX", 60) return redis.call("EXISTS", KEYS[1], KEYS[2])';

/** Whether the configured store accepts writes; true if none is configured. */
export async function isStoreWritable(): Promise<boolean> {
  const store = sharedStore();
  if (!store) return true;
  const probed = store.eval(PROBE, ["{amrutam:probe}:a", "{amrutam:probe}:b"], []).then(
    () => true,
    () => false,
  );
  return Promise.race([probed, sleep(PROBE_TIMEOUT_MS, false, { ref: false })]);
}

/** Closes the connection. A later use opens a new one. */
export async function closeStore(): Promise<void> {
  shared.amrutamRedis?.redis.disconnect();
  shared.amrutamRedis = undefined;
}
