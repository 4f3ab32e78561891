import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { env, loadEnv } from "@/env";
import { type RunningServer, startServer } from "@/server/main";
import { LOCAL } from "@/server/trpc/context";
import { routeHandlers } from "../support/routes";

// The server listens on loopback throughout: what counts is who calls.
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ pages: false, jobs: false });
});
const { TRUST_PROXY } = env;
afterAll(async () => {
  Object.assign(loadEnv(), { TRUST_PROXY });
  await server.close();
});

/** What a caller gets of a path, behind a number of proxies. */
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
    ["a caller on this machine, beside a proxy", {}, 1],
    ["a caller on the proxy's machine", { "x-forwarded-for": "127.0.0.1" }, 1],
    ["one that names two addresses, the last its own", { "x-forwarded-for": "8.8.8.8, ::1" }, 1],
  ])("is there for %s", async (_who, headers, proxies) => {
    expect(await statusOf(path, headers, proxies)).toBe(200);
  });

  test.each<[string, Record<string, string>, number]>([
    ["a caller from elsewhere through a proxy", { "x-forwarded-for": "203.0.113.9" }, 1],
    ["one that writes loopback further left", { "x-forwarded-for": "127.0.0.1, 203.0.113.9" }, 1],
    ["one through a proxy that nobody told us of", { "x-forwarded-for": "203.0.113.9" }, 0],
    ["one who says loopback where no proxy is", { "x-forwarded-for": "127.0.0.1" }, 0],
    ["one through a proxy that says Forwarded", { forwarded: "for=203.0.113.9" }, 0],
    ["one through a proxy that says X-Real-IP", { "x-real-ip": "203.0.113.9" }, 1],
    ["one whose address is none", { "x-forwarded-for": "unknown" }, 1],
    ["one with fewer entries than proxies", { "x-forwarded-for": "203.0.113.9" }, 2],
    ["one who guesses the mark", { "x-forwarded-for": "203.0.113.9", [LOCAL]: "1" }, 1],
  ])("is not there for %s", async (_who, headers, proxies) => {
    expect(await statusOf(path, headers, proxies)).toBe(refused);
  });
});

test("on a serverless host nobody is on this machine, whatever a header says", async () => {
  const { GET } = await import("@/app/api/metrics/route");
  for (const name of ["accept", "x-client-address", LOCAL]) {
    const headers = { [name]: "127.0.0.1" };
    expect((await GET(new Request("http://localhost/api/metrics", { headers }))).status).toBe(401);
  }
});

test("the mailbox as JSON is there for this machine alone", async () => {
  const here = await routeHandlers("/dev/mailbox.json?to=nobody@example.test", {});
  expect(await here.json()).toEqual({ items: [] });
  const { GET } = await import("@/app/dev/mailbox.json/route");
  expect((await GET(new Request("http://localhost/dev/mailbox.json"))).status).toBe(404);
});
