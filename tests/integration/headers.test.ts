import { describe, expect, test, vi } from "vitest";
import { makePatient } from "../support/factories";
import { type Answer, HOSTS, useHost } from "../support/http";
import { expectError, expectRefused } from "../support/refusals";

// The environment of a clinic's own host, with one page elsewhere that may call the API.
const { OWN, FRIEND, STRANGER } = vi.hoisted(() => {
  const OWN = "https://clinic.example";
  const FRIEND = "https://partner.example";
  Object.assign(process.env, { APP_URL: OWN, ALLOWED_ORIGINS: FRIEND });
  return { OWN, FRIEND, STRANGER: "https://evil.example" };
});

const COOKIE = "__Host-amrutam-session";

describe.each(HOSTS)("headers, %s", (host) => {
  const api = useHost(host);

  test("every door's answers are sealed, refusals and preflights too", async () => {
    const answers = await Promise.all([
      api.get("/doctors"),
      api.get("/me"),
      api.get("/nothing"),
      api.send("/api/trpc/doctors.facets"),
      api.send("/api/trpc/nothing"),
      api.send("/api/webhooks/payments/sandbox", { method: "POST", body: "{}" }),
      api.send("/api/v1/doctors", {
        method: "OPTIONS",
        headers: { origin: FRIEND, "access-control-request-method": "GET" },
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

  test("a page that is on the list may read, by a token", async () => {
    const asked = await preflight(FRIEND);
    expect(asked.status).toBe(204);
    expect(asked.headers.get("access-control-allow-origin")).toBe(FRIEND);
    expect(asked.headers.get("access-control-allow-headers")).toContain("idempotency-key");
    const patient = await makePatient();
    const headers = { origin: FRIEND, "sec-fetch-site": "cross-site" };
    const answer = await api.write("PATCH", "/me", { name: "Friend" }, patient, { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBe(FRIEND);
    expect(answer.headers.get("vary")).toContain("origin");
    const read = await api.get("/doctors", null, { headers });
    expect(read.headers.get("access-control-allow-origin")).toBe(FRIEND);
  });

  test("any other page may not, and is never told *", async () => {
    for (const origin of [STRANGER, "null", OWN.replace("https", "http"), `${FRIEND}.evil.test`]) {
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
    ["a neighbour under the same domain", page("https://blog.clinic.example", "same-site")],
    ["an old browser on another site", page(STRANGER)],
    ["a sandboxed frame", page("null")],
    ["a friend", page(FRIEND, "cross-site")],
  ] as const;

  test.each(FOREIGN)("%s cannot act by the cookie of who visits it", async (_who, from) => {
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
    const isFriend = "origin" in from && from.origin === FRIEND;
    const write = api.write("PATCH", "/me", { name: "Forged" }, null, { headers });
    if (isFriend) await expectRefused(write, 401, "NOT_SIGNED_IN");
    else await expectRefused(write, 403, "FOREIGN_ORIGIN");
    await expectRefused(api.get("/me", null, { headers }), 401, "NOT_SIGNED_IN");
    expect((await own(token, page(null))).body).toMatchObject({ name: "Asha Patient" });
  });

  const own = (token: string, from: Record<string, string>): Promise<Answer> =>
    api.get("/me", null, { headers: { ...from, cookie: `${COOKIE}=${token}` } });

  test("our own pages act by it, and so does who uses no browser", async () => {
    const { token } = await makePatient();
    for (const from of [page(OWN, "same-origin"), page(OWN), page(null, "none"), page(null)]) {
      expect((await own(token, from)).status).toBe(200);
      const headers = {
        ...from,
        cookie: `${COOKIE}=${token}`,
        "content-type": "application/json",
        "idempotency-key": JSON.stringify(from),
      };
      const init = { method: "POST", headers, body: JSON.stringify({ name: "Mine" }) };
      expect((await api.send("/api/trpc/me.update", init)).status).toBe(200);
    }
    // Without its prefix the cookie could have been set by a neighbour under the same domain.
    const bare = { cookie: `amrutam-session=${token}` };
    await expectRefused(api.get("/me", null, { headers: bare }), 401, "NOT_SIGNED_IN");
  });
});
