import { describe, expect, test, vi } from "vitest";
import { env, loadEnv } from "@/env";
import { POLICIES } from "@/server/platform/rate-limit-policies";
import { useHost } from "../support/http";

vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

const state = globalThis as { amrutamLimits?: { limiters: Map<string, unknown> } };

describe("the client address that the Node server counts", () => {
  const api = useHost("node server");

  /** Sends one search per set of headers, where two searches from one address are allowed. */
  async function statusesOf(headers: Array<Record<string, string>>, proxies = 0) {
    const { TRUST_PROXY } = env;
    const { requests } = POLICIES.searchPerAddress;
    Object.assign(loadEnv(), { TRUST_PROXY: proxies });
    state.amrutamLimits?.limiters.clear();
    Object.assign(POLICIES.searchPerAddress, { requests: 2 });
    const statuses: number[] = [];
    for (const sent of headers) {
      statuses.push((await api.send("/api/v1/doctors", { headers: sent })).status);
    }
    Object.assign(POLICIES.searchPerAddress, { requests });
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
