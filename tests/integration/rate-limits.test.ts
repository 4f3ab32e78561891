import { describe, expect, test, vi } from "vitest";
import { POLICIES } from "@/server/platform/rate-limit-policies";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectError } from "../support/refusals";

// Most test files run without rate limits.
vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

describe.each(HOSTS)("rate limits, %s", (host) => {
  const api = useHost(host);
  const login = (email: string) =>
    api.post("/auth/login", { email, password: "not the right one" }, null, { key: null });

  test("stop a caller who guesses one account's password, and no other account", async () => {
    const { requests } = POLICIES.signInPerAccount;
    const email = `${host.replace(" ", "-")}@example.test`;
    for (let guess = 0; guess < requests; guess++) {
      expectError(await login(email), 401, "INVALID_CREDENTIALS");
    }
    const stopped = await login(email.toUpperCase());
    expectError(stopped, 429, "RATE_LIMITED");
    expect(Number(stopped.headers.get("retry-after"))).toBeGreaterThan(0);
    expectError(await login(`another-${email}`), 401, "INVALID_CREDENTIALS");
  });

  test("stop a patient who holds slots again and again, and no other patient", async () => {
    const slot = await makeSlot(await makeDoctor());
    const patient = await makePatient();
    const statuses = new Set<number>();
    for (let n = 0; n <= POLICIES.holdsPerPatient.requests; n++) {
      statuses.add((await api.post("/bookings", { slotId: slot.id }, patient)).status);
    }
    expect([...statuses].sort()).toEqual([200, 409, 429]);
    expect((await api.post("/bookings", { slotId: slot.id }, await makePatient())).status).toBe(
      409,
    );
  });
});
