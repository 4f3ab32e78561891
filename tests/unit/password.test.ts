import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, test } from "vitest";
import { hashPassword, passwordMatches, refuseBreached } from "@/server/accounts/password";
import { PASSWORD_MIN, registerInput } from "@/server/accounts/schema";

describe("a password", () => {
  test("is hashed with argon2id, at OWASP's cost, another salt each time", async () => {
    const [one, other] = [await hashPassword("the same one"), await hashPassword("the same one")];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(other).not.toBe(one);
    expect(await passwordMatches(one, "the same one")).toBe(true);
    expect(await passwordMatches(one, "the same one ")).toBe(false);
    expect(await passwordMatches(null, "no account has this password")).toBe(false);
  });

  test("has at least twelve characters, and any of them", () => {
    const parse = (password: string) =>
      registerInput.safeParse({ email: "a@b.test", name: "A", password }).success;
    expect(PASSWORD_MIN).toBe(12);
    expect(parse("elevenchars")).toBe(false);
    expect(parse("twelve chars")).toBe(true);
    expect(parse("पासवर्ड जो लंबा है")).toBe(true);
  });

  test("is held against the breached ones that ship with the app", () => {
    const breached = dictionary["passwords-common"].map(String);
    expect(breached.length).toBeGreaterThan(45_000);
    const long = breached.filter((password) => password.length >= PASSWORD_MIN);
    expect(long.length).toBeGreaterThan(50);
    for (const password of long) {
      expect(() => refuseBreached(password)).toThrow("PASSWORD_BREACHED");
      expect(() => refuseBreached(password.toUpperCase())).toThrow("PASSWORD_BREACHED");
    }
    for (const guess of ["Password1234!", "welcome12345!", "Iloveyou2026!!"]) {
      expect(() => refuseBreached(guess)).toThrow("PASSWORD_BREACHED");
    }
    for (const fine of ["a horse that staples batteries", "kEe9-sunlit-Cardamom"]) {
      expect(() => refuseBreached(fine)).not.toThrow();
    }
  });
});
