import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { enrolTotp } from "@/server/accounts/commands/mfa";
import { newDeviceToken } from "@/server/accounts/devices";
import { authOptions } from "@/server/accounts/nextauth";
import { hashPassword } from "@/server/accounts/password";
import { db } from "@/server/platform/db";
import { POLICIES, type Policy } from "@/server/platform/rate-limit-policies";
import { inTransaction } from "@/server/platform/transaction";
import { sql } from "../support/database";
import { makeDoctor, makePatient, type Person } from "../support/factories";
import { postWebhook } from "../support/gateway";
import { type Answer, type Api, HOSTS, useHost } from "../support/http";
import { expectError } from "../support/refusals";
import { routeHandlers } from "../support/routes";

vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

const ALLOWED = 2;
const PASSWORD = "a long enough secret 42";
const state = globalThis as { amrutamLimits?: { limiters: Map<string, unknown> } };

/** Reduces the requests that one policy allows. Its key and its window stay the same. */
function shrink(policy: Policy): void {
  state.amrutamLimits?.limiters.clear();
  Object.assign(POLICIES[policy], { requests: ALLOWED });
}

type Caller = Person & { doctor: Person };

/** Policies that the Node server applies before Next runs; a serverless host has its own rate limits. */
const BEFORE_NEXT: Policy[] = ["pagesPerAddress", "filesPerAddress"];

const deviceTokens = new Map<string, string>();
/** Returns the same token at each call, because each new token counts as a new device. */
function deviceTokenOf(email: string): string {
  const token = deviceTokens.get(email) ?? newDeviceToken(email);
  deviceTokens.set(email, token);
  return token;
}

/** A request that each policy counts. A policy without one does not compile, so no policy is unused. */
const REQUESTS: Record<Policy, (api: Api, person: Caller) => Promise<Answer>> = {
  signInPerAccount: (api, { email }) => login(api, email),
  signInPerDevice: (api, { email }) =>
    login(api, email, {
      password: "not the right one",
      deviceToken: deviceTokenOf(email),
    }),
  signInPerAddress: (api) => login(api, `${randomUUID()}@example.test`),
  mfaPerAccount: (api, { email }) => login(api, email, { password: PASSWORD, otp: "000000" }),
  resetPerAddress: (api) =>
    api.post("/auth/reset/request", { email: `${randomUUID()}@example.test` }),
  resetPerAccount: (api, { email }) => api.post("/auth/reset/request", { email }),
  linkPerAddress: (api) => api.post("/auth/verify", { token: randomUUID() }),
  signUpPerAddress: (api, { email, name }) =>
    api.post("/auth/register", { email, name, password: PASSWORD }),
  refreshPerAddress: (api) => api.post("/auth/refresh", { refreshToken: randomUUID() }),
  holdsPerPatient: (api, person) => api.post("/bookings", { slotId: randomUUID() }, person),
  paymentsPerAddress: (api) =>
    api.send("/api/trpc/sandbox.decide", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ paymentId: randomUUID(), outcome: "pay" }),
    }),
  webhooksPerAddress: (api) => postWebhook("{}", undefined, api),
  previewsPerDoctor: (api, { doctor }) =>
    api.send("/api/trpc/availability.preview", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${doctor.token}` },
      body: JSON.stringify({ timezone: "Asia/Kolkata", rules: [] }),
    }),
  refusalsPerUser: (api, person) => api.get("/admin/audit", person),
  writesPerUser: (api, person) => api.write("PATCH", "/me", { name: "New" }, person),
  searchPerAddress: (api) => api.get("/doctors"),
  pagesPerAddress: (api) => api.send("/doctors"),
  filesPerAddress: (api) => api.send("/_next/static/none.js"),
  operationsPerAddress: (api) => api.send("/api/openapi.json"),
  readsPerAddress: (api) => api.get(`/doctors/${randomUUID()}`),
};

/** Policies of pages and of procedures that REST does not serve: their errors have another shape. */
const OTHER_SHAPES: Policy[] = ["paymentsPerAddress", "previewsPerDoctor", ...BEFORE_NEXT];

const login = (api: Api, email: string, more: object = { password: "not the right one" }) =>
  api.post("/auth/login", { email, ...more });

describe.each(HOSTS)("each rate limit policy refuses requests beyond its limit, %s", (host) => {
  const api = useHost(host);
  let person: Caller;
  beforeAll(async () => {
    person = { ...(await makePatient()), doctor: await makeDoctor() };
    const passwordHash = await hashPassword(PASSWORD);
    await db.user.update({ where: { id: person.id }, data: { passwordHash } });
    await inTransaction((tx) => enrolTotp(tx, person.id, person.email));
    await sql("UPDATE totp_factors SET confirmed_at = now() WHERE user_id = $1", [person.id]);
  });
  const usual = structuredClone(POLICIES);
  afterEach(() => {
    for (const [name, policy] of Object.entries(POLICIES)) {
      Object.assign(policy, usual[name as Policy]);
    }
  });

  const policies = (Object.keys(POLICIES) as Policy[]).filter(
    (policy) => host === "node server" || !BEFORE_NEXT.includes(policy),
  );
  test.each(policies)("%s", async (policy) => {
    shrink(policy);
    for (let call = 0; call < ALLOWED; call++) {
      const { status, text } = await REQUESTS[policy](api, person);
      expect(`${status} ${text}`).not.toContain("RATE_LIMITED");
    }
    const refused = await REQUESTS[policy](api, person);
    if (OTHER_SHAPES.includes(policy)) expect(refused.status).toBe(429);
    else expectError(refused, 429, "RATE_LIMITED");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    // In a sliding window, requests of one window still count, less and less, in the next.
    expect(wait).toBeLessThanOrEqual(2 * POLICIES[policy].seconds);
  });
});

/** Signs in from an address as the browser's form does. */
async function signInByForm(email: string, address: string): Promise<string> {
  const [provider] = authOptions(async () => {}).providers;
  const authorize = Reflect.get(provider?.options ?? {}, "authorize") as Authorize;
  const request = { headers: { "x-client-address": address } };
  return authorize({ email, password: "not the right one" }, request).then(
    () => "signed in",
    (error: Error) => error.message,
  );
}
type Authorize = (credentials: object, request: object) => Promise<unknown>;

test.each(["signInPerAddress", "signInPerAccount"] as const)(
  "%s counts attempts through the sign-in form as well",
  async (policy) => {
    const usual = POLICIES[policy].requests;
    shrink(policy);
    const email = `${randomUUID()}@example.test`;
    const tryAgain = (n: number) =>
      policy === "signInPerAccount"
        ? signInByForm(email, `10.0.0.${n}`)
        : signInByForm(`${n}-${email}`, "10.0.1.1");
    const outcomes = [await tryAgain(1), await tryAgain(2), await tryAgain(3)];
    Object.assign(POLICIES[policy], { requests: usual });
    // The error includes the seconds to wait: the page shows when to try again.
    const limited = expect.stringMatching(/^RATE_LIMITED:\d+$/);
    expect(outcomes).toEqual(["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", limited]);
  },
);

test.each([
  ["changing the password", "/me/password", { current: "not it at all", next: PASSWORD }],
  [
    "disabling the second factor",
    "/me/mfa/totp/disable",
    { password: "not it at all", code: "000000" },
  ],
] as const)("a stolen session cannot guess the password by %s", async (_what, path, body) => {
  const usual = POLICIES.signInPerAccount.requests;
  shrink("signInPerAccount");
  const person = await makePatient();
  const passwordHash = await hashPassword(PASSWORD);
  await db.user.update({ where: { id: person.id }, data: { passwordHash } });
  const guess = () =>
    routeHandlers(`/api/v1${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${person.token}`,
        "content-type": "application/json",
        "idempotency-key": randomUUID(),
      },
      body: JSON.stringify(body),
    });
  const statuses = [(await guess()).status, (await guess()).status, (await guess()).status];
  Object.assign(POLICIES.signInPerAccount, { requests: usual });
  expect(statuses).toEqual([401, 401, 429]);
});
