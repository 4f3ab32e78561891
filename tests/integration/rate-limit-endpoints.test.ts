import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { env, loadEnv } from "@/env";
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

describe("the client address that the Node server counts", () => {
  const api = useHost("node server");

  /** Sends one search per set of headers, where two searches from one address are allowed. */
  async function statusesOf(headers: Array<Record<string, string>>, proxies = 0) {
    const { TRUST_PROXY } = env;
    const usual = POLICIES.searchPerAddress.requests;
    Object.assign(loadEnv(), { TRUST_PROXY: proxies });
    shrink("searchPerAddress");
    const statuses: number[] = [];
    for (const sent of headers) {
      statuses.push((await api.send("/api/v1/doctors", { headers: sent })).status);
    }
    Object.assign(POLICIES.searchPerAddress, { requests: usual });
    Object.assign(loadEnv(), { TRUST_PROXY });
    return statuses;
  }
  const forwarded = (...lists: string[]) => lists.map((list) => ({ "x-forwarded-for": list }));

  test.each(["x-client-address", "x-forwarded-for"])(
    "is the address of the socket without a proxy, whatever a caller writes into %s",
    async (name) => {
      const headers = [1, 2, 3].map((n) => ({ [name]: `10.0.2.${n}` }));
      expect(await statusesOf(headers)).toEqual([200, 200, 429]);
    },
  );

  test.each([
    ["one proxy", 1, ""],
    ["two proxies", 2, ", 10.9.9.9"],
  ])("is different for each caller behind %s", async (_what, proxies, behind) => {
    const lists = [1, 2, 3].map((n) => `10.0.3.${n}${behind}`);
    expect(await statusesOf(forwarded(...lists), proxies)).toEqual([200, 200, 200]);
  });

  test.each([
    ["one proxy", 1, "10.0.4.9"],
    ["two proxies", 2, "10.0.4.9,10.9.9.9"],
  ])(
    "ignores, behind %s, the entries that the caller itself put in front",
    async (_what, n, seen) => {
      const lists = forwarded(`10.0.4.1, ${seen}`, `10.0.4.2, ${seen}`, `a, b, 10.0.4.3, ${seen}`);
      expect(await statusesOf(lists, n)).toEqual([200, 200, 429]);
    },
  );

  // Some proxies add the port, which is different for every connection.
  test.each([
    ["a port", ["10.0.6.1:50001", "10.0.6.1:50002", "10.0.6.1"]],
    ["IPv6 and a port", ["[2001:db8::6]:50001", "[2001:db8::6]:50002", "2001:db8::6"]],
    ["text that is no address", ["unknown", "_hidden", "x".repeat(2000)]],
  ])("is limited correctly behind a proxy that writes %s", async (_what, lists) => {
    expect(await statusesOf(forwarded(...lists), 1)).toEqual([200, 200, 429]);
  });

  test.each([
    [
      "the same for addresses of one IPv6 /64",
      ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002:1::"],
      429,
    ],
    [
      "different for addresses of different IPv6 /64 networks",
      ["2001:db8:1:3::1", "2001:db8:1:4::1", "2001:db8:1:5::1"],
      200,
    ],
    [
      "the same for an IPv4 address and its IPv4-mapped IPv6 form",
      ["::ffff:10.0.7.1", "10.0.7.1", "::ffff:a00:701"],
      429,
    ],
    [
      "different for different IPv4-mapped IPv6 addresses",
      ["::ffff:10.0.8.1", "::ffff:10.0.8.2", "::ffff:10.0.8.3"],
      200,
    ],
  ])("is %s", async (_what, lists, last) => {
    expect(await statusesOf(forwarded(...lists), 1)).toEqual([200, 200, last]);
  });

  test("is the address of the socket if there are fewer entries than proxies", async () => {
    const lists = [...forwarded("10.0.5.1", "10.0.5.2"), {}];
    expect(await statusesOf(lists, 2)).toEqual([200, 200, 429]);
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
