import { afterAll } from "vitest";
import { RedisProcess } from "./redis-process";

/** The Redis server of this test file. */
export const redis = await RedisProcess.start("server");

// The test file imports this module first, because the other modules read the environment.
Object.assign(process.env, { REDIS_URL: redis.url, RATE_LIMITS: "on" });

afterAll(() => redis.stop());
