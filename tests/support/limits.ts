import { setTimeout as sleep } from "node:timers/promises";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";

/** So long a page has to be filled in and sent before the limit gives way again. */
const NEEDED_MS = 20_000;
const AT_ONCE = 10;

/**
 * Uses a policy up by calls to its door. The server counts in windows that begin when the clock is a
 * multiple of their length: near the end of one, it waits for the next, so that the refusal lasts.
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
