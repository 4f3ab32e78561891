import { setTimeout as sleep } from "node:timers/promises";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";

/** Time that a test needs before the rate limit resets. */
const NEEDED_MS = 20_000;
const AT_ONCE = 10;

/**
 * Uses up a rate limit with calls to its endpoint. The server counts in fixed windows. Near the end of a
 * window the function waits for the next one, so that the refusals last long enough.
 */
export async function useUp(policy: Policy, call: () => Promise<Response>): Promise<void> {
  const { requests, seconds } = POLICIES[policy];
  const left = seconds * 1000 - (Date.now() % (seconds * 1000));
  if (left < NEEDED_MS) await sleep(left);
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, call));
  }
  const refused = await call();
  const wait = Number(refused.headers.get("retry-after"));
  if (refused.status !== 429 || !(wait > 0)) {
    throw new Error(`${policy} is not used up: ${refused.status}, Retry-After ${wait}`);
  }
}
