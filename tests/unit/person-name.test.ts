import { describe, expect, test } from "vitest";
import { personName } from "@/server/platform/schema";

describe("a person's name", () => {
  test.each([
    "Asha Menon",
    "Dr. M.S. Krishnan",
    "Md.Ali",
    "St.John O'Brien-Núñez",
    "S/O Ram Kumar",
    "अनन्या शर्मा",
    "ക്\u200dഷമ",
    "Bénédicte (Béa) d’Souza, Jr.",
    "李小龍",
  ])("may be %s", (name) => {
    expect(personName.parse(name)).toBe(name);
  });

  test.each([
    ["", "nothing"],
    ["x".repeat(101), "101 characters"],
    ["Asha\nMenon", "a line break"],
    ["Asha\u2028Menon", "a line separator"],
    ["Asha\tMenon", "a control character"],
    ["Asha\u202eMenon", "a character that reverses the text direction"],
    ["Asha http://evil.example", "a link"],
    ["//evil.example", "a link without its protocol"],
    ["www.evil", "a link that starts with www"],
    ["Win at Evil.COM now", "a domain name"],
    ["write to a@b", "a mail address"],
  ])("may not be %j, which contains %s", (name) => {
    expect(personName.safeParse(name).success).toBe(false);
  });
});
