import type { RatelimitConfig } from "@upstash/ratelimit";
import { Redis as Upstash } from "@upstash/redis";
import { Redis } from "ioredis";
import { env } from "@/env";
import { logger } from "./logger";

type Store = RatelimitConfig["redis"];

const refuse = () => Promise.reject(new Error("no shared store is configured"));

/** For limiters that count in memory: the library wants a store, and must not use it. */
export const noStore = { evalsha: refuse, get: refuse, set: refuse } as Store;

/** What the limiter's algorithms need of a Redis, over the ordinary protocol. */
function overIoredis(redis: Redis): Store {
  return {
    eval: (script: string, keys: string[], args: unknown[]) =>
      redis.eval(script, keys.length, ...keys, ...args.map(String)),
    evalsha: (sha: string, keys: string[], args: unknown[]) =>
      redis.evalsha(sha, keys.length, ...keys, ...args.map(String)),
    get: (key: string) => redis.get(key),
    set: (key: string, value: unknown) => redis.set(key, String(value)),
  } as unknown as Store;
}

const shared = globalThis as typeof globalThis & { amrutamRedis?: Redis };

function redis(url: string): Redis {
  if (!shared.amrutamRedis) {
    // Commands fail at once while the connection is down: a request must not queue for it.
    const made = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: 1000,
      commandTimeout: 1000,
      lazyConnect: false,
      retryStrategy: (times) => Math.min(200 * times, 2000),
    });
    made.on("error", (error: Error) => logger.debug({ err: error }, "redis connection"));
    shared.amrutamRedis = made;
  }
  return shared.amrutamRedis;
}

/** The store that several app processes share, or null where none is configured. */
export function sharedStore(): Store | null {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token, REDIS_URL } = env;
  if (url && token) return new Upstash({ url, token, retry: false });
  return REDIS_URL ? overIoredis(redis(REDIS_URL)) : null;
}

/** Whether a configured Redis answers; true where there is none to ask. */
export async function storeAnswers(): Promise<boolean> {
  if (!env.REDIS_URL) return true;
  return redis(env.REDIS_URL)
    .ping()
    .then(
      () => true,
      () => false,
    );
}

/** Lets go of the connection; a later use makes a new one. */
export async function closeStore(): Promise<void> {
  shared.amrutamRedis?.disconnect();
  shared.amrutamRedis = undefined;
}
