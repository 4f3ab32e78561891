import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";
import { RULES } from "../support/access";
import { callOver, PROCEDURES, reasonOf } from "../support/endpoints";
import { HOSTS, useHost } from "../support/http";

vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

const usual = structuredClone(POLICIES);
const state = globalThis as { amrutamLimits?: { limiters: Map<string, unknown> } };

/** Sets how many calls every policy allows, and resets the counts. */
function allow(requests: number): void {
  state.amrutamLimits?.limiters.clear();
  for (const policy of Object.keys(POLICIES) as Policy[])
    Object.assign(POLICIES[policy], { requests });
}
beforeEach(() => allow(1));
afterEach(() => {
  for (const policy of Object.keys(POLICIES) as Policy[])
    Object.assign(POLICIES[policy], usual[policy]);
});

/** Calls a procedure without a sign-in, with an input that it accepts. */
const callAsNobody = (path: string) =>
  callOver("tRPC", path, RULES[path]?.input?.("01900000-0000-7000-8000-000000000000"), null);

test.each(PROCEDURES)(
  "%s requires a sign-in, or limits how often an address may call it",
  async (path) => {
    const [first, second] = [await callAsNobody(path), await callAsNobody(path)];
    if (first && reasonOf(first) === "NOT_SIGNED_IN") return;
    expect(first?.status).not.toBe(429);
    expect(second?.status).toBe(429);
    expect(Number(second?.headers.get("retry-after"))).toBeGreaterThan(0);
  },
);

describe.each(HOSTS)("a batch of tRPC calls, %s", (host) => {
  const api = useHost(host);
  const batch = (calls: number, path = "doctors.facets") =>
    api.send(`/api/trpc/${Array(calls).fill(path).join(",")}?batch=1&input={}`);

  test("of the largest allowed size is answered, call by call", async () => {
    allow(1000);
    const { status, body } = await batch(10);
    expect(status).toBe(200);
    expect(body).toHaveLength(10);
  });

  test.each([11, 300])(
    "of %i calls is refused as a whole, and none of them runs",
    async (calls) => {
      const answer = await batch(calls);
      expect(answer.status).toBe(400);
      // Only one call is allowed: if a call of the batch had run, this one would be refused.
      expect((await batch(1)).status).toBe(200);
    },
  );

  test("counts every call: those beyond the rate limit are refused", async () => {
    allow(4);
    const { body } = await batch(10);
    const answered = (body as Array<{ error?: { data: { reason: string } } }>).map(
      ({ error }) => error?.data.reason ?? "answered",
    );
    expect(answered.filter((outcome) => outcome === "answered")).toHaveLength(4);
    expect(answered.filter((outcome) => outcome === "RATE_LIMITED")).toHaveLength(6);
    expect((await batch(1)).status).toBe(429);
  });
});
