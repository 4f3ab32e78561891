import { createHmac } from "node:crypto";
import { Ratelimit } from "@upstash/ratelimit";
import { env } from "@/env";
import { AppError } from "./errors";
import { logger } from "./logger";
import { rateLimitFallbacks } from "./metrics";
import { networkOf } from "./network";
import { slidingWindowInMemory } from "./rate-limit-memory";
import { POLICIES, type Policy } from "./rate-limit-policies";
import { noStore, sharedStore } from "./rate-limit-store";

/** How long a request waits for the shared store. */
const STORE_TIMEOUT_MS = 250;
/** After a failure, the store is not used for this time. */
const STORE_PAUSE_MS = 5000;

type Count = { success: boolean; reset: number; reason?: string };

function createLimiters(policy: Policy) {
  const { requests, seconds, perProcess } = POLICIES[policy];
  const prefix = `amrutam:${policy}`;
  const store = perProcess ? null : sharedStore();
  return {
    local: new Ratelimit({
      redis: noStore,
      prefix,
      limiter: slidingWindowInMemory(requests, seconds),
      ephemeralCache: false,
    }),
    shared:
      store &&
      new Ratelimit({
        redis: store,
        prefix,
        limiter: Ratelimit.slidingWindow(requests, `${seconds} s`),
        timeout: STORE_TIMEOUT_MS,
        ephemeralCache: false,
      }),
  };
}

// main.ts and Next's bundles share the counters through the global object.
const state = globalThis as typeof globalThis & {
  amrutamLimits?: { limiters: Map<Policy, ReturnType<typeof createLimiters>>; pausedUntil: number };
};
state.amrutamLimits ??= { limiters: new Map(), pausedUntil: 0 };
const limits = state.amrutamLimits;

/** Counts in the shared store. @returns null if the store is unreachable, too slow, or paused. */
async function countShared(limiter: Ratelimit, identifier: string): Promise<Count | null> {
  if (Date.now() < limits.pausedUntil) return null;
  try {
    const count = await limiter.limit(identifier);
    // After a timeout the library would allow the request. That case is handled below instead.
    // The library's reset is the window's last millisecond, in which all of it still counts; so add one.
    if (count.reason !== "timeout") return { ...count, reset: count.reset + 1 };
  } catch (error) {
    logger.warn({ err: error }, "the shared store of rate limits is unreachable");
  }
  limits.pausedUntil = Date.now() + STORE_PAUSE_MS;
  rateLimitFallbacks.inc();
  return null;
}

/** Counts in the shared store, or in this process if the store is missing or unreachable. */
async function countCall(policy: Policy, identifier: string): Promise<Count> {
  const limiter = limits.limiters.get(policy) ?? createLimiters(policy);
  limits.limiters.set(policy, limiter);
  if (!limiter.shared) return limiter.local.limit(identifier);
  const count = await countShared(limiter.shared, identifier);
  if (count) return count;
  return POLICIES[policy].strict ? limiter.local.limit(identifier) : { success: true, reset: 0 };
}

/**
 * Hashes an identifier, so that the shared store contains no addresses of people. The braces keep all
 * keys of one identifier on the same cluster node, because a script cannot use keys of several nodes.
 */
function hashIdentifier(identifier: string): string {
  const hmac = createHmac("sha256", env.AUTH_SECRET).update(`rate limit ${identifier}`);
  return `{${hmac.digest("base64url")}}`;
}

/**
 * Counts one call against a rate limit.
 * @param identifier an address, an account or a user.
 * @throws RATE_LIMITED with the seconds after which one more call is allowed.
 */
export async function enforceRateLimit(policy: Policy, identifier: string): Promise<void> {
  if (!env.RATE_LIMITS) return;
  const counted = policy.endsWith("PerAddress") ? networkOf(identifier) : identifier;
  const { success, reset } = await countCall(policy, hashIdentifier(counted));
  if (success) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((reset - Date.now()) / 1000));
  throw new AppError("RATE_LIMITED", { retryAfterSeconds });
}
