import { afterEach, describe, expect, test, vi } from "vitest";
import { deviceCookie, newDeviceToken, withDevice } from "@/server/accounts/devices";
import { authOptions } from "@/server/accounts/nextauth";
import { clock } from "@/server/platform/clock";
import { makeMember, PASSWORD } from "../support/accounts";
import { labelOf, useHost } from "../support/http";

vi.hoisted(() => {
  process.env.RATE_LIMITS = "on";
});

type Authorize = (form: object, request: object) => Promise<unknown>;

describe("a device that has signed in before", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  afterEach(() => clock.setOffset(0));
  const login = (email: string, password: string, deviceToken?: string) =>
    api.post("/auth/login", { email, password, deviceToken }, null, { key: null });

  async function guessTenTimes(email: string): Promise<void> {
    for (let n = 0; n < 10; n++) await login(email, "not the right one");
    expect(labelOf(await login(email, PASSWORD))).toBe("429 RATE_LIMITED");
  }

  test("can sign in while ten wrong passwords of a stranger block all other devices", async () => {
    const { email } = await makeMember("patient");
    const { deviceToken } = (await login(email, PASSWORD)).body as { deviceToken: string };
    await guessTenTimes(email);
    expect(labelOf(await login(email, PASSWORD, deviceToken))).toBe("200");
  });

  test("has ten tries of its own", async () => {
    const { email } = await makeMember("patient");
    const token = newDeviceToken(email);
    for (let n = 0; n < 10; n++) {
      expect(labelOf(await login(email, "not the right one", token))).toBe(
        "401 INVALID_CREDENTIALS",
      );
    }
    expect(labelOf(await login(email, PASSWORD, token))).toBe("429 RATE_LIMITED");
    expect(labelOf(await login(email, PASSWORD))).toBe("200");
  });

  test("is not recognised by a token of another account or another key, or by an old token", async () => {
    const [{ email }, other] = [await makeMember("patient"), await makeMember("patient")];
    const token = newDeviceToken(email);
    clock.setOffset(-401 * 24 * 3600 * 1000);
    const old = newDeviceToken(email);
    clock.setOffset(0);
    await guessTenTimes(email);
    for (const wrong of [newDeviceToken(other.email), `${token.slice(0, -2)}AA`, old, "x", "."]) {
      expect(labelOf(await login(email, PASSWORD, wrong))).toBe("429 RATE_LIMITED");
    }
  });

  test("is recognised in a browser by its cookie, which keeps the newest five accounts", async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => makeMember("patient")));
    let kept: string | null = null;
    const signIn = (email: string, password: string) => {
      const [provider] = authOptions(async (tokens) => {
        kept = tokens;
      }).providers;
      const authorize = Reflect.get(provider?.options ?? {}, "authorize") as Authorize;
      const headers = { cookie: `a=b; ${deviceCookie().name}=${kept ?? ""}; c=d` };
      return authorize({ email, password }, { headers }).then(
        () => "in",
        (error: Error) => error.message.split(":")[0],
      );
    };
    const [first, last] = [people[0]?.email ?? "", people[5]?.email ?? ""];
    for (const { email } of people) expect(await signIn(email, PASSWORD)).toBe("in");
    for (const email of [first, last]) await guessTenTimes(email);
    expect(await signIn(last, PASSWORD)).toBe("in");
    expect(await signIn(first, PASSWORD)).toBe("RATE_LIMITED");
    expect(withDevice(kept, first).split("~")).toHaveLength(5);
  });
});
