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

/** No request waits longer for the shared store. */
const PATIENCE_MS = 250;
/** After a failure the store is left alone for this long. */
const REST_MS = 5000;

type Verdict = { success: boolean; reset: number; reason?: string };

function build(policy: Policy) {
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
        timeout: PATIENCE_MS,
        ephemeralCache: false,
      }),
  };
}

// Shared by main.ts and Next's bundles, or each would count for itself.
const state = globalThis as typeof globalThis & {
  amrutamLimits?: { limiters: Map<Policy, ReturnType<typeof build>>; restUntil: number };
};
state.amrutamLimits ??= { limiters: new Map(), restUntil: 0 };
const limits = state.amrutamLimits;

/** What the shared store says, or null while it is away: gone, too slow, or resting after either. */
async function askShared(limiter: Ratelimit, identifier: string): Promise<Verdict | null> {
  if (Date.now() < limits.restUntil) return null;
  try {
    const verdict = await limiter.limit(identifier);
    // The library lets a request pass when it gives up waiting; that is for us to decide.
    // In the window's last millisecond all of it still counts; in the next one has faded out.
    if (verdict.reason !== "timeout") return { ...verdict, reset: verdict.reset + 1 };
  } catch (error) {
    logger.warn({ err: error }, "shared rate limits are away");
  }
  limits.restUntil = Date.now() + REST_MS;
  rateLimitFallbacks.inc();
  return null;
}

async function judge(policy: Policy, identifier: string): Promise<Verdict> {
  const limiter = limits.limiters.get(policy) ?? build(policy);
  limits.limiters.set(policy, limiter);
  if (!limiter.shared) return limiter.local.limit(identifier);
  const verdict = await askShared(limiter.shared, identifier);
  if (verdict) return verdict;
  return POLICIES[policy].strict ? limiter.local.limit(identifier) : { success: true, reset: 0 };
}

/**
 * Whoever reads the shared store finds no addresses of people there. The braces keep the keys of one
 * identifier on one node of a Redis Cluster, where a script may not use keys of several.
 */
function withoutNames(identifier: string): string {
  const hmac = createHmac("sha256", env.AUTH_SECRET).update(`rate limit ${identifier}`);
  return `{${hmac.digest("base64url")}}`;
}

/**
 * Counts one call of `identifier` (an address, an account, a user) against a policy.
 * @throws RATE_LIMITED with the seconds to wait; after them one more call gets through.
 */
export async function limit(policy: Policy, identifier: string): Promise<void> {
  if (!env.RATE_LIMITS) return;
  const counted = policy.endsWith("PerAddress") ? networkOf(identifier) : identifier;
  const { success, reset } = await judge(policy, withoutNames(counted));
  if (success) return;
  const retryAfterSeconds = Math.max(1, Math.ceil((reset - Date.now()) / 1000));
  throw new AppError("RATE_LIMITED", { retryAfterSeconds });
}
