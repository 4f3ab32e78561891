import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { login, makeMember, PASSWORD } from "../support/accounts";
import { sql } from "../support/database";
import { labelOf, useHost } from "../support/http";

/** Hashes at a low cost, because the cost does not matter here. */
const quickHash = (password: string) => hash(password, { memoryCost: 8, timeCost: 1 });
const NFC = "pâté de campagne é".normalize("NFC");
const NFD = NFC.normalize("NFD");
/** Contains a ligature, which NFKC turns into two letters. */
const LIGATURE = "a ﬁne long password";

describe("passwords", () => {
  const api = useHost("node server");
  const register = (password: string) =>
    api.post(
      "/auth/register",
      { email: `${randomUUID()}@example.test`, password, name: "New" },
      null,
      { key: null },
    );

  test.each([
    "aaaaaaaaaaaa",
    "            ",
    "abababababab",
    "abcabcabcabcabc",
    "123456789012",
    "abcdefghijklm",
    "zyxwvutsrqpo",
    "111111222222",
  ])("%j is refused as too easy to guess", async (password) => {
    expect(labelOf(await register(password))).toBe("400 PASSWORD_WEAK");
  });

  test.each(["a horse that staples batteries", "kEe9-sunlit-Cardamom", "पासवर्ड जो लंबा है"])(
    "%j is accepted",
    async (password) => {
      expect(labelOf(await register(password))).toBe("200");
    },
  );

  test("that are too easy to guess are refused by a reset and a change as well", async () => {
    const person = await makeMember("patient");
    const change = { current: PASSWORD, next: "aaaaaaaaaaaa" };
    expect(labelOf(await api.post("/me/password", change, person))).toBe("400 PASSWORD_WEAK");
    const reset = { token: "none", password: "aaaaaaaaaaaa" };
    expect(labelOf(await api.post("/auth/reset", reset))).toBe("400 PASSWORD_WEAK");
  });

  test.each([
    ["set in NFC and typed in NFD", NFC, NFD],
    ["set in NFD and typed in NFD", NFD, NFD],
    ["set and typed with a ligature", LIGATURE, LIGATURE],
  ])(
    "%s: a hash from before normalisation keeps working and is replaced",
    async (_what, set, typed) => {
      const { id, email } = await makeMember("patient");
      const old = await quickHash(set);
      await sql("UPDATE users SET password_hash = $1 WHERE id = $2", [old, id]);
      expect(labelOf(await login(api, email, undefined, typed))).toBe("200");
      expect(labelOf(await login(api, email, undefined, typed.normalize("NFKC")))).toBe("200");
      expect(labelOf(await login(api, email, undefined, "another password"))).not.toBe("200");
    },
  );

  test("that are set in one Unicode form work in every other form", async () => {
    const person = await makeMember("patient");
    const change = { current: PASSWORD, next: NFD };
    expect(labelOf(await api.post("/me/password", change, person))).toBe("200");
    for (const form of ["NFC", "NFD", "NFKC", "NFKD"]) {
      expect(labelOf(await login(api, person.email, undefined, NFC.normalize(form)))).toBe("200");
    }
  });
});
