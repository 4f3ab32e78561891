import { describe, expect, test, vi } from "vitest";
import { makePatient } from "../support/factories";
import { type Answer, HOSTS, useHost } from "../support/http";
import { expectError, expectRefused } from "../support/refusals";

// The app's own origin, and one other origin that may call the API.
const { OWN, PARTNER, STRANGER } = vi.hoisted(() => {
  const OWN = "https://clinic.example";
  const PARTNER = "https://partner.example";
  Object.assign(process.env, { APP_URL: OWN, ALLOWED_ORIGINS: PARTNER });
  return { OWN, PARTNER, STRANGER: "https://evil.example" };
});

const COOKIE = "__Host-amrutam-session";

describe.each(HOSTS)("the API in a browser, %s", (host) => {
  const api = useHost(host);

  test("sends the security headers on every endpoint, also with refusals and preflights", async () => {
    const answers = await Promise.all([
      api.get("/doctors"),
      api.get("/me"),
      api.get("/nothing"),
      api.send("/api/trpc/doctors.facets"),
      api.send("/api/trpc/nothing"),
      api.send("/api/webhooks/payments/sandbox", { method: "POST", body: "{}" }),
      api.send("/api/v1/doctors", {
        method: "OPTIONS",
        headers: { origin: PARTNER, "access-control-request-method": "GET" },
      }),
    ]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "strict-transport-security": "max-age=63072000; includeSubDomains",
      });
      expect(headers.get("access-control-allow-credentials")).toBeNull();
    }
  });

  const preflight = (origin: string) =>
    api.send("/api/v1/bookings", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });

  test("lets a page of a listed origin call it with a token", async () => {
    const asked = await preflight(PARTNER);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(PARTNER);
    expect(asked.headers.get("access-control-allow-headers")).toContain("idempotency-key");
    const patient = await makePatient();
    const headers = { origin: PARTNER, "sec-fetch-site": "cross-site" };
    const answer = await api.write("PATCH", "/me", { name: "Partner" }, patient, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(PARTNER);
    expect(answer.headers.get("vary")).toContain("origin");
    const read = await api.get("/doctors", null, { headers });
    expect(read.headers.get("access-control-allow-origin")).toBe(PARTNER);
  });

  test("lets no page of another origin call it, and never answers *", async () => {
    for (const origin of [STRANGER, "null", OWN.replace("https", "http"), `${PARTNER}.evil.test`]) {
      const asked = await preflight(origin);
      expect(asked.status).toBe(204);
      const answer = await api.get("/doctors", null, { headers: { origin } });
      for (const { headers } of [asked, answer]) {
        expect(headers.get("access-control-allow-origin")).toBeNull();
      }
    }
  });

  const page = (origin: string | null, site?: string) => ({
    ...(origin && { origin }),
    ...(site && { "sec-fetch-site": site }),
  });
  const FOREIGN = [
    ["another site", page(STRANGER, "cross-site")],
    ["another host of the same domain", page("https://blog.clinic.example", "same-site")],
    ["an old browser on another site", page(STRANGER)],
    ["a sandboxed frame", page("null")],
    ["a listed origin", page(PARTNER, "cross-site")],
  ] as const;

  test.each(FOREIGN)("refuses calls with the visitor's cookie from %s", async (_who, from) => {
    const { token } = await makePatient();
    const headers = {
      ...from,
      cookie: `${COOKIE}=${token}`,
      "content-type": "application/json",
      "idempotency-key": "forged",
    };
    const trpc = (path: string, body?: object) =>
      api.send(`/api/trpc/${path}`, {
        headers,
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      });
    expectError(await trpc("me.update", { name: "Forged" }), 403, "FOREIGN_ORIGIN");
    expectError(await trpc("sandbox.decide", {}), 403, "FOREIGN_ORIGIN");
    expectError(await trpc("me.get"), 403, "FOREIGN_ORIGIN");
    const isPartner = "origin" in from && from.origin === PARTNER;
    const write = api.write("PATCH", "/me", { name: "Forged" }, null, { headers });
    if (isPartner) await expectRefused(write, 401, "NOT_SIGNED_IN");
    else await expectRefused(write, 403, "FOREIGN_ORIGIN");
    await expectRefused(api.get("/me", null, { headers }), 401, "NOT_SIGNED_IN");
    expect((await readOwn(token, page(null))).body).toMatchObject({ name: "Asha Patient" });
  });

  const readOwn = (token: string, from: Record<string, string>): Promise<Answer> =>
    api.get("/me", null, { headers: { ...from, cookie: `${COOKIE}=${token}` } });

  test("accepts the cookie from its own pages and from clients that are not browsers", async () => {
    const { token } = await makePatient();
    for (const from of [page(OWN, "same-origin"), page(OWN), page(null, "none"), page(null)]) {
      expect((await readOwn(token, from)).status).toBe(200);
      const headers = {
        ...from,
        cookie: `${COOKIE}=${token}`,
        "content-type": "application/json",
        "idempotency-key": JSON.stringify(from),
      };
      const init = { method: "POST", headers, body: JSON.stringify({ name: "Mine" }) };
      expect((await api.send("/api/trpc/me.update", init)).status).toBe(200);
    }
    // Without the prefix __Host- another host of the same domain could have set the cookie.
    const bare = { cookie: `amrutam-session=${token}` };
    await expectRefused(api.get("/me", null, { headers: bare }), 401, "NOT_SIGNED_IN");
  });
});
