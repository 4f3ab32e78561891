import { generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseEnv } from "@/env";

const key = () => randomBytes(32).toString("base64");

function privateKey(type: "ed25519" | "ed448"): string {
  const pair = type === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ed448");
  return pair.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

const COMPLETE = {
  DATABASE_URL: "postgresql://app@db.test/app",
  AUTH_SECRET: "a".repeat(40),
  ENCRYPTION_KEYS: `1:${key()}`,
  AUDIT_SIGNING_KEY: privateKey("ed25519"),
  SANDBOX_WEBHOOK_SECRET: "s".repeat(40),
};

/** The problems of an environment, one line each. @throws if there is no problem. */
function problemsOf(source: Record<string, string | undefined>): string[] {
  try {
    parseEnv(source);
  } catch (error) {
    const { problems } = error as { problems?: string[] };
    if (problems) return problems;
    throw error;
  }
  throw new Error("this environment has no problem");
}

describe("a complete environment", () => {
  test("gets the contract's defaults", () => {
    expect(parseEnv(COMPLETE)).toMatchObject({
      PORT: 3000,
      HOST: "127.0.0.1",
      APP_URL: "http://127.0.0.1:3000",
      HOLD_MINUTES: 10,
      RATE_LIMITS: true,
      isLoopback: true,
    });
  });

  test("is production unless the demo is requested", () => {
    expect(parseEnv(COMPLETE)).toMatchObject({ isProduction: true, isDemo: false });
    expect(parseEnv({ ...COMPLETE, SEED_DEMO: "1" }).isDemo).toBe(true);
    expect(parseEnv({ ...COMPLETE, AMRUTAM_MODE: "demo" }).isDemo).toBe(true);
    expect(parseEnv({ ...COMPLETE, SEED_DEMO: "1", AMRUTAM_MODE: "production" }).isDemo).toBe(
      false,
    );
  });

  test("allows no other origin to call the API, except those that are listed in full", () => {
    const read = (ALLOWED_ORIGINS?: string) => parseEnv({ ...COMPLETE, ALLOWED_ORIGINS });
    expect(read().ALLOWED_ORIGINS).toEqual([]);
    const both = ["https://a.example", "http://localhost:4000"];
    expect(read(both.join(", ")).ALLOWED_ORIGINS).toEqual(both);
    for (const wrong of ["*", "null", "a.example", "https://a.example/", "ftp://a.example"]) {
      expect(problemsOf({ ...COMPLETE, ALLOWED_ORIGINS: wrong })).toEqual([
        "ALLOWED_ORIGINS: give origins such as https://app.example,…",
      ]);
    }
  });

  test("requires MFA of doctors and admins in production, of nobody in the demo, or of the listed roles", () => {
    expect(parseEnv(COMPLETE).REQUIRE_MFA).toEqual(["doctor", "admin"]);
    expect(parseEnv({ ...COMPLETE, SEED_DEMO: "1" }).REQUIRE_MFA).toEqual([]);
    expect(parseEnv({ ...COMPLETE, REQUIRE_MFA: "" }).REQUIRE_MFA).toEqual([]);
    expect(parseEnv({ ...COMPLETE, REQUIRE_MFA: " Admin , patient" }).REQUIRE_MFA).toEqual([
      "patient",
      "admin",
    ]);
  });

  test("accepts a hold of a fraction of a minute", () => {
    expect(parseEnv({ ...COMPLETE, HOLD_MINUTES: "0.05" }).HOLD_MINUTES).toBe(0.05);
  });

  test("encrypts with the newest key and keeps all keys for decryption", () => {
    const { ENCRYPTION_KEYS } = parseEnv({
      ...COMPLETE,
      ENCRYPTION_KEYS: `9:${key()}, 10:${key()},2:${key()}`,
    });
    expect(ENCRYPTION_KEYS.current).toBe(10);
    expect([...ENCRYPTION_KEYS.keys.keys()].sort((a, b) => a - b)).toEqual([2, 9, 10]);
  });

  test("trusts no proxy by default, or as many as TRUST_PROXY says", () => {
    const read = (TRUST_PROXY?: string) => parseEnv({ ...COMPLETE, TRUST_PROXY }).TRUST_PROXY;
    expect([read(), read("0"), read("1"), read("5")]).toEqual([0, 0, 1, 5]);
  });

  test("invents the clinic's data only in the demo", () => {
    const demo = parseEnv({ ...COMPLETE, SEED_DEMO: "1" });
    expect(demo).toMatchObject({
      CLINIC_NAME: "Amrutam Telemedicine",
      CLINIC_ADDRESS: expect.stringContaining("Bengaluru"),
      CLINIC_TAX_ID: expect.stringContaining("GSTIN"),
      CLINIC_EMAIL: "clinic@demo.test",
      CLINIC_PHONE: expect.stringContaining("+91"),
    });
    const production = parseEnv(COMPLETE);
    expect(production.CLINIC_NAME).toBe("Amrutam Telemedicine");
    expect(production.CLINIC_ADDRESS).toBeUndefined();
    expect(production.CLINIC_EMAIL).toBeUndefined();
    const own = { SEED_DEMO: "1", CLINIC_NAME: "Asha Clinic", CLINIC_EMAIL: "desk@asha.example" };
    expect(parseEnv({ ...COMPLETE, ...own })).toMatchObject({
      CLINIC_NAME: "Asha Clinic",
      CLINIC_EMAIL: "desk@asha.example",
    });
  });

  test("treats an empty variable as absent", () => {
    expect(parseEnv({ ...COMPLETE, PORT: "", HOST: "" })).toMatchObject({
      PORT: 3000,
      HOST: "127.0.0.1",
    });
  });

  test.each([
    ["127.0.0.1", "8080", "http://127.0.0.1:8080"],
    ["0.0.0.0", "3000", "http://localhost:3000"],
    ["::1", "3000", "http://[::1]:3000"],
    ["clinic.test", "80", "http://clinic.test:80"],
  ])("with the host %s and the port %s has the origin %s", (HOST, PORT, origin) => {
    expect(parseEnv({ ...COMPLETE, HOST, PORT }).APP_URL).toBe(origin);
  });

  test("keeps a given APP_URL without trailing slashes", () => {
    const APP_URL = "https://clinic.test//";
    expect(parseEnv({ ...COMPLETE, APP_URL }).APP_URL).toBe("https://clinic.test");
  });

  test("may not set INNGEST_DEV in production, because anybody could then run any job", () => {
    for (const INNGEST_DEV of ["1", "http://127.0.0.1:8288"]) {
      expect(problemsOf({ ...COMPLETE, INNGEST_DEV })).toEqual([
        expect.stringMatching(/^INNGEST_DEV: leave it out in production/),
      ]);
      expect(parseEnv({ ...COMPLETE, SEED_DEMO: "1", INNGEST_DEV })).toMatchObject({ INNGEST_DEV });
      expect(parseEnv({ ...COMPLETE, AMRUTAM_MODE: "demo", INNGEST_DEV }).isDemo).toBe(true);
    }
    expect(parseEnv({ ...COMPLETE, INNGEST_DEV: "0" }).isProduction).toBe(true);
  });
});

describe("an invalid environment", () => {
  test("is refused with the names of all missing variables", () => {
    expect(problemsOf({}).map((problem) => problem.split(":")[0])).toEqual(Object.keys(COMPLETE));
  });

  test.each<[string, Record<string, string>]>([
    ["PORT", { PORT: "http" }],
    ["PORT", { PORT: "65536" }],
    ["PORT", { PORT: "80.5" }],
    ["CLINIC_NAME", { CLINIC_NAME: "Asha\nClinic" }],
    ["CLINIC_EMAIL", { CLINIC_EMAIL: "desk" }],
    ["DATABASE_URL", { DATABASE_URL: "mysql://db.test" }],
    ["DATABASE_URL", { DATABASE_URL: "postgresql://app@one:5432,two:x/app" }],
    ["MIGRATION_DATABASE_URL", { MIGRATION_DATABASE_URL: "postgresql://a@b:port/app" }],
    ["STRICT_DB_ROLE", { STRICT_DB_ROLE: "yes" }],
    ["DATABASE_POOL_MAX", { DATABASE_POOL_MAX: "0" }],
    ["AUTH_SECRET", { AUTH_SECRET: "short" }],
    ["SANDBOX_WEBHOOK_SECRET", { SANDBOX_WEBHOOK_SECRET: "short" }],
    ["ENCRYPTION_KEYS", { ENCRYPTION_KEYS: key() }],
    ["ENCRYPTION_KEYS", { ENCRYPTION_KEYS: `1:${randomBytes(31).toString("base64")}` }],
    ["ENCRYPTION_KEYS", { ENCRYPTION_KEYS: `1:${key()},1:${key()}` }],
    ["AUDIT_SIGNING_KEY", { AUDIT_SIGNING_KEY: key() }],
    ["AUDIT_SIGNING_KEY", { AUDIT_SIGNING_KEY: privateKey("ed448") }],
    ["HOLD_MINUTES", { HOLD_MINUTES: "0" }],
    ["HOLD_MINUTES", { HOLD_MINUTES: "soon" }],
    ["RATE_LIMITS", { RATE_LIMITS: "no" }],
    ["RATE_LIMITS", { RATE_LIMITS: "off", HOST: "0.0.0.0" }],
    ["TRUST_PROXY", { TRUST_PROXY: "-1" }],
    ["TRUST_PROXY", { TRUST_PROXY: "6" }],
    ["TRUST_PROXY", { TRUST_PROXY: "1.5" }],
    ["TRUST_PROXY", { TRUST_PROXY: "yes" }],
    ["REQUIRE_MFA", { REQUIRE_MFA: "doctor,nurse" }],
    ["SEED_DEMO", { SEED_DEMO: "yes" }],
    ["STRIPE_WEBHOOK_SECRET", { STRIPE_SECRET_KEY: "sk_test_1" }],
    ["INNGEST_EVENT_KEY", { INNGEST_SIGNING_KEY: "signkey" }],
    ["REDIS_URL", { REDIS_URL: "http://cache.test" }],
  ])("is refused with the name of %s: %o", (name, given) => {
    const problems = problemsOf({ ...COMPLETE, ...given });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.split(":")[0]).toBe(name);
  });

  test("is refused without repeating a secret", () => {
    const secret = "not-a-key-but-secret";
    const problems = problemsOf({
      ...COMPLETE,
      ENCRYPTION_KEYS: `1:${secret}`,
      AUDIT_SIGNING_KEY: secret,
      AUTH_SECRET: secret,
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain(secret);
  });
});
