import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { rowCounts } from "../support/database";
import { makePatient, type Person } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectError, expectRefused, INTERNALS } from "../support/refusals";

describe.each(HOSTS)("refusals, %s", (host) => {
  const api = useHost(host);
  let patient: Person;
  beforeAll(async () => {
    patient = await makePatient();
  });

  test("of sign-ins that name no possible account are 400 or 401, never an internal error", async () => {
    const before = await rowCounts();
    const password = "a long enough one";
    const login = (body: object) => api.post("/auth/login", body);
    await expectRefused(login({ password }), 400, "INVALID_INPUT");
    await expectRefused(login({ email: 1, password }), 400, "INVALID_INPUT");
    await expectRefused(login({ email: "a@b.test", password: [] }), 400, "INVALID_INPUT");
    await expectRefused(login({ email: "a\0@b.test", password }), 400, "INVALID_INPUT");
    await expectRefused(login({ email: "\ud800", password }), 400, "INVALID_INPUT");
    await expectRefused(login({ email: "' OR 1=1 --", password }), 401, "INVALID_CREDENTIALS");
    await expectRefused(api.post("/auth/refresh", { refreshToken: "a\0" }), 401, "REFRESH_INVALID");
    // Only the sign-in with a well-formed body is audited; nothing else is written.
    const { audit_logs = 0 } = before;
    expect(await rowCounts()).toEqual({ ...before, audit_logs: audit_logs + 1 });
  });

  test("of what does not exist are 404", async () => {
    const before = await rowCounts();
    const none = randomUUID();
    await expectRefused(api.get(`/doctors/${none}`), 404, "NOT_FOUND");
    await expectRefused(api.get(`/doctors/${none}/slots`), 404, "NOT_FOUND");
    await expectRefused(api.get(`/bookings/${none}`, patient), 404, "NOT_FOUND");
    await expectRefused(api.get("/nothing/here"), 404, "NOT_FOUND");
    await expectRefused(api.post("/doctors", {}, patient), 404, "NOT_FOUND");
    await expectRefused(api.write("PUT", "/me", {}, patient), 404, "NOT_FOUND");
    expect(await rowCounts()).toEqual(before);
  });

  test("keep a valid request id and replace any other", async () => {
    const valid = "client-7:abc.DEF_1";
    const kept = await api.get("/me", null, { headers: { "x-request-id": valid } });
    expect(kept.headers.get("x-request-id")).toBe(valid);
    expectError(kept, 401, "NOT_SIGNED_IN");
    for (const other of ["<script>", "a b", "x".repeat(129)]) {
      const answer = await api.get("/me", null, { headers: { "x-request-id": other } });
      expect(answer.headers.get("x-request-id")).not.toBe(other);
      expectError(answer, 401, "NOT_SIGNED_IN");
    }
    const success = await api.get("/doctors", null, { headers: { "x-request-id": valid } });
    expect(success.headers.get("x-request-id")).toBe(valid);
  });

  test("through tRPC disclose no more than those through REST", async () => {
    const before = await rowCounts();
    const headers = { "content-type": "application/json" };
    const calls = [
      api.send("/api/trpc/doctors.list?input=%7Bbroken"),
      api.send('/api/trpc/doctors.get?input={"doctorId":"x"}'),
      api.send("/api/trpc/no.such.procedure"),
      api.send("/api/trpc/bookings.hold", { method: "POST", headers, body: "{broken" }),
      api.send("/api/trpc/auth.register", { method: "POST", headers, body: "[]" }),
      api.send("/api/trpc/auth.register", { method: "POST", headers, body: '"x"' }),
      api.send("/api/trpc/auth.register"),
    ];
    for (const answer of await Promise.all(calls)) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(INTERNALS);
    }
    expect(await rowCounts()).toEqual(before);
  });
});
