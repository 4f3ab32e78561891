import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, test, vi } from "vitest";
import { checkPassword, hashPassword, refuseGuessable } from "@/server/accounts/password";
import { PASSWORD_MIN, registerInput } from "@/server/accounts/schema";

const mode = vi.hoisted(() => ({ isDemo: false }));
vi.mock("@/env", () => ({ env: mode }));

describe("a password", () => {
  test("from the README of the demo is refused outside of the demo", () => {
    expect(() => refuseGuessable("Demo-Password-2026")).toThrow("PASSWORD_BREACHED");
    mode.isDemo = true;
    expect(() => refuseGuessable("demo-password-2026")).not.toThrow();
    mode.isDemo = false;
  });

  test("is hashed with argon2id at the cost that OWASP recommends, with a new salt each time", async () => {
    const [first, second] = [
      await hashPassword("the same one"),
      await hashPassword("the same one"),
    ];
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await checkPassword(first, "the same one")).toBe("right");
    expect(await checkPassword(first, "the same one ")).toBe("wrong");
    expect(await checkPassword(null, "no account has this password")).toBe("wrong");
  });

  test("has at least twelve characters, of any script", () => {
    const parse = (password: string) =>
      registerInput.safeParse({ email: "a@b.test", name: "A", password }).success;
    expect(PASSWORD_MIN).toBe(12);
    expect(parse("elevenchars")).toBe(false);
    expect(parse("twelve chars")).toBe(true);
    expect(parse("पासवर्ड जो लंबा है")).toBe(true);
  });

  test("is refused if it is in the list of breached passwords that ships with the app", () => {
    const breached = dictionary["passwords-common"].map(String);
    expect(breached.length).toBeGreaterThan(45_000);
    const long = breached.filter((password) => password.length >= PASSWORD_MIN);
    expect(long.length).toBeGreaterThan(50);
    for (const password of long) {
      expect(() => refuseGuessable(password)).toThrow(/PASSWORD_(BREACHED|WEAK)/);
      expect(() => refuseGuessable(password.toUpperCase())).toThrow(/PASSWORD_(BREACHED|WEAK)/);
    }
    for (const guess of ["Password1234!", "welcome12345!", "Iloveyou2026!!"]) {
      expect(() => refuseGuessable(guess)).toThrow("PASSWORD_BREACHED");
    }
    for (const fine of ["a horse that staples batteries", "kEe9-sunlit-Cardamom"]) {
      expect(() => refuseGuessable(fine)).not.toThrow();
    }
  });
});
