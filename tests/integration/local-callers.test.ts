import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { env, loadEnv } from "@/env";
import { type RunningServer, startServer } from "@/server/main";
import { LOCAL } from "@/server/trpc/context";
import { routeHandlers } from "../support/routes";

// The server always listens on loopback. Only the address of the caller matters.
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ pages: false, jobs: false });
});
const { TRUST_PROXY } = env;
afterAll(async () => {
  Object.assign(loadEnv(), { TRUST_PROXY });
  await server.close();
});

/** Returns the status of a request when this number of proxies is trusted. */
async function statusOf(path: string, headers: Record<string, string>, proxies: number) {
  Object.assign(loadEnv(), { TRUST_PROXY: proxies });
  return (await fetch(server.url + path, { headers })).status;
}

describe.each([
  ["/api/metrics", 401],
  ["/api/trpc/mailbox.latest", 404],
])("%s", (path, refused) => {
  test.each<[string, Record<string, string>, number]>([
    ["a caller on this machine", {}, 0],
    ["a caller on this machine that bypasses the proxy", {}, 1],
    ["a caller on the proxy's machine", { "x-forwarded-for": "127.0.0.1" }, 1],
    [
      "a caller with two addresses, the last one loopback",
      { "x-forwarded-for": "8.8.8.8, ::1" },
      1,
    ],
  ])("is available to %s", async (_who, headers, proxies) => {
    expect(await statusOf(path, headers, proxies)).toBe(200);
  });

  test.each<[string, Record<string, string>, number]>([
    ["a caller on another machine behind a proxy", { "x-forwarded-for": "203.0.113.9" }, 1],
    [
      "a caller that writes loopback before its own address",
      { "x-forwarded-for": "127.0.0.1, 203.0.113.9" },
      1,
    ],
    ["a caller behind a proxy that is not configured", { "x-forwarded-for": "203.0.113.9" }, 0],
    ["a caller that claims loopback without a proxy", { "x-forwarded-for": "127.0.0.1" }, 0],
    ["a caller behind a proxy that sends Forwarded", { forwarded: "for=203.0.113.9" }, 0],
    ["a caller behind a proxy that sends X-Real-IP", { "x-real-ip": "203.0.113.9" }, 1],
    ["a caller with an invalid address", { "x-forwarded-for": "unknown" }, 1],
    ["a caller with fewer addresses than proxies", { "x-forwarded-for": "203.0.113.9" }, 2],
    [
      "a caller that sends the internal header of local callers",
      { "x-forwarded-for": "203.0.113.9", [LOCAL]: "1" },
      1,
    ],
  ])("is not available to %s", async (_who, headers, proxies) => {
    expect(await statusOf(path, headers, proxies)).toBe(refused);
  });
});

test("on a serverless host no caller counts as local, whatever its headers say", async () => {
  const { GET } = await import("@/app/api/metrics/route");
  for (const name of ["accept", "x-client-address", LOCAL]) {
    const headers = { [name]: "127.0.0.1" };
    expect((await GET(new Request("http://localhost/api/metrics", { headers }))).status).toBe(401);
  }
});

test("the mailbox as JSON is available only to callers on this machine", async () => {
  const here = await routeHandlers("/dev/mailbox.json?to=nobody@example.test", {});
  expect(await here.json()).toEqual({ items: [] });
  const { GET } = await import("@/app/dev/mailbox.json/route");
  expect((await GET(new Request("http://localhost/dev/mailbox.json"))).status).toBe(404);
});
