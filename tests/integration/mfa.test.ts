import { afterEach, describe, expect, test, vi } from "vitest";
import { clock } from "@/server/platform/clock";
import { appRouter } from "@/server/trpc/root";
import { RULES } from "../support/access";
import {
  atTheStartOfAStep,
  login,
  makeDevices,
  makeMember,
  PASSWORD,
  tokensOf,
  totpCode,
} from "../support/accounts";
import { callerAs } from "../support/caller";
import { sql, tablesThatContain } from "../support/database";
import { makePatient, type Person } from "../support/factories";
import { type Api, labelOf, useHost } from "../support/http";
import { raceOf, tally, valuesOf } from "../support/race";
import { expectRefused } from "../support/refusals";

vi.hoisted(() => {
  process.env.REQUIRE_MFA = "doctor,admin";
});

type Enrolment = { secret: string; otpauthUrl: string };

async function enrol(api: Api, person: Person): Promise<Enrolment> {
  const { status, body } = await api.post("/me/mfa/totp", {}, person);
  expect(status).toBe(200);
  return body as Enrolment;
}

const confirm = (api: Api, person: Person, code: string) =>
  api.post("/me/mfa/totp/confirm", { code }, person);

/** Makes a member with a confirmed second factor. The code of the previous time step is used up. */
async function makeEnrolled(api: Api, role: "patient" | "doctor" = "patient") {
  const person = await makeMember(role);
  const { secret } = await enrol(api, person);
  atTheStartOfAStep();
  const { status, body } = await confirm(api, person, totpCode(secret, -1));
  expect(status).toBe(200);
  return { person, secret, recoveryCodes: (body as { recoveryCodes: string[] }).recoveryCodes };
}

afterEach(() => clock.setOffset(0));

describe("the second factor", { timeout: 120_000 }, () => {
  const api = useHost("node server");

  test("is required after it is confirmed, and not before", async () => {
    atTheStartOfAStep();
    const person = await makeMember("patient");
    const { secret, otpauthUrl } = await enrol(api, person);
    expect(new URL(otpauthUrl).searchParams.get("secret")).toBe(secret);
    expect((await login(api, person.email)).status).toBe(200);
    await expectRefused(confirm(api, person, "000000"), 401, "MFA_INVALID");
    expect((await login(api, person.email)).status).toBe(200);

    expect((await confirm(api, person, totpCode(secret, -1))).status).toBe(200);
    await expectRefused(login(api, person.email), 401, "MFA_REQUIRED");
    await expectRefused(login(api, person.email, "000000"), 401, "MFA_INVALID");
    // A caller with a wrong password does not learn that there is a second factor.
    const blind = login(api, person.email, totpCode(secret), "not the right password");
    await expectRefused(blind, 401, "INVALID_CREDENTIALS");
    const signedIn = await login(api, person.email, totpCode(secret));
    expect(signedIn.status).toBe(200);
    const me = await api.get("/me", { token: tokensOf(signedIn).accessToken });
    expect(me.body).toMatchObject({ mfaEnabled: true });
    await expectRefused(api.post("/me/mfa/totp", {}, person), 409, "MFA_ALREADY_ON");
  });

  test.each([
    [-2, "401 MFA_INVALID"],
    [-1, "200"],
    [0, "200"],
    [1, "200"],
    [2, "401 MFA_INVALID"],
  ])("answers to a code of the time step %i from now: %s", async (steps, expected) => {
    const { person, secret } = await makeEnrolled(api);
    await sql("UPDATE totp_factors SET last_step = 0 WHERE user_id = $1", [person.id]);
    atTheStartOfAStep();
    expect(labelOf(await login(api, person.email, totpCode(secret, steps)))).toBe(expected);
  });

  test("accepts a code once, and no older code after it", async () => {
    const { person, secret } = await makeEnrolled(api);
    const code = totpCode(secret, 1);
    expect((await login(api, person.email, code)).status).toBe(200);
    await expectRefused(login(api, person.email, code), 401, "MFA_INVALID");
    await expectRefused(login(api, person.email, totpCode(secret)), 401, "MFA_INVALID");
  });

  test("accepts a code once if it is sent twenty times at the same time", async () => {
    const { person, secret } = await makeEnrolled(api);
    const code = totpCode(secret);
    const answers = valuesOf(await raceOf(20, () => login(api, person.email, code)));
    expect(tally(answers, labelOf)).toEqual({ "200": 1, "401 MFA_INVALID": 19 });
  });

  test("accepts a code with spaces at enrolment, at sign-in and when it is turned off", async () => {
    const spaced = (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `;
    atTheStartOfAStep();
    const person = await makeMember("patient");
    const { secret } = await enrol(api, person);
    expect((await confirm(api, person, spaced(totpCode(secret, -1)))).status).toBe(200);
    expect((await login(api, person.email, spaced(totpCode(secret)))).status).toBe(200);
    const off = { password: PASSWORD, code: spaced(totpCode(secret, 1)) };
    expect((await api.post("/me/mfa/totp/disable", off, person)).status).toBe(200);
  });

  test("has ten recovery codes, and each works once, also under concurrent use", async () => {
    const { person, recoveryCodes } = await makeEnrolled(api);
    expect(new Set(recoveryCodes).size).toBe(10);
    const [first = "", second = ""] = recoveryCodes;
    const answers = valuesOf(await raceOf(20, () => login(api, person.email, first)));
    expect(tally(answers, labelOf)).toEqual({ "200": 1, "401 MFA_INVALID": 19 });
    // People may type it in lower case and without the dash.
    expect((await login(api, person.email, second.toLowerCase().replace("-", " "))).status).toBe(
      200,
    );
    const other = await makeEnrolled(api);
    await expectRefused(login(api, other.person.email, recoveryCodes[2]), 401, "MFA_INVALID");
  });

  test("ends every other session when it is turned on, and when it is turned off", async () => {
    const person = await makeMember("patient");
    const before = await makeDevices(person);
    const { secret } = await enrol(api, person);
    atTheStartOfAStep();
    await confirm(api, person, totpCode(secret, -1));
    expect(await before.answers(api)).toEqual({ browser: 401, api: 401 });
    expect((await api.get("/me", person)).status).toBe(200);

    const during = await makeDevices({ ...person });
    const off = { password: PASSWORD, code: totpCode(secret) };
    expect((await api.post("/me/mfa/totp/disable", off, person)).status).toBe(200);
    expect(await during.answers(api)).toEqual({ browser: 401, api: 401 });
    expect((await login(api, person.email)).status).toBe(200);
    expect(await sql("SELECT 1 FROM recovery_codes WHERE user_id = $1", [person.id])).toEqual([]);
  });

  test("is turned off only by the password and a code", async () => {
    const { person, secret, recoveryCodes } = await makeEnrolled(api);
    const off = (password: string, code: string) =>
      api.post("/me/mfa/totp/disable", { password, code }, person);
    const code = totpCode(secret);
    await expectRefused(off("not the right password", code), 401, "INVALID_CREDENTIALS");
    await expectRefused(off(PASSWORD, "000000"), 401, "MFA_INVALID");
    await expectRefused(login(api, person.email), 401, "MFA_REQUIRED");
    expect((await off(PASSWORD, recoveryCodes[0] ?? "")).status).toBe(200);
    expect((await login(api, person.email)).status).toBe(200);
  });

  test("is stored only in encrypted form, also in stored answers", async () => {
    const { secret, recoveryCodes } = await makeEnrolled(api);
    const bare = recoveryCodes.map((code) => code.replace("-", ""));
    for (const marker of [secret, ...recoveryCodes, ...bare]) {
      expect(await tablesThatContain(marker)).toEqual([]);
    }
  });
});

/** The procedures that a person may call before a required second factor is set up. */
const BEFORE = [
  "auth.logout",
  "me.get",
  "me.activity",
  "me.stay",
  "me.enrolTotp",
  "me.confirmTotp",
];
const isPublic = (path: string) => RULES[path]?.for === "anyone";

describe("if a role requires the second factor", { timeout: 120_000 }, () => {
  const api = useHost("node server");

  const outcomeOf = async (person: Person, path: string): Promise<string> => {
    const caller: unknown = callerAs(person);
    const call = path.split(".").reduce((at, name) => Reflect.get(at as object, name), caller);
    try {
      await (call as (input: object) => Promise<unknown>)({});
      return "let in";
    } catch (error) {
      const reason = (error as Error & { cause?: Error }).cause?.message;
      return reason === "MFA_ENROLMENT_REQUIRED" ? reason : "let in";
    }
  };

  test.each([["doctor"], ["admin"]] as const)(
    "a %s without it can call no other procedure",
    async (role) => {
      const person = await makeMember(role);
      const refusedPaths = Object.keys(appRouter._def.procedures).filter(
        (path) => !BEFORE.includes(path) && !isPublic(path),
      );
      expect(refusedPaths.length).toBeGreaterThan(30);
      const outcomes: Record<string, string> = {};
      for (const path of refusedPaths) outcomes[path] = await outcomeOf(person, path);
      const expected = refusedPaths.map((path) => [path, "MFA_ENROLMENT_REQUIRED"]);
      expect(outcomes).toEqual(Object.fromEntries(expected));
    },
  );

  test("setting it up gives access in this session, and the next sign-in asks for a code", async () => {
    const { person, secret } = await makeEnrolled(api, "doctor");
    expect((await api.get("/doctor/bookings", person)).status).toBe(200);
    await expectRefused(login(api, person.email), 401, "MFA_REQUIRED");
    const { accessToken } = tokensOf(await login(api, person.email, totpCode(secret)));
    expect((await api.get("/doctor/bookings", { token: accessToken })).status).toBe(200);
  });

  test("other roles do not need it, and turning it off ends the access", async () => {
    expect((await api.get("/bookings", await makePatient())).status).toBe(200);
    const { person, recoveryCodes } = await makeEnrolled(api, "doctor");
    const off = { password: PASSWORD, code: recoveryCodes[0] };
    expect((await api.post("/me/mfa/totp/disable", off, person)).status).toBe(200);
    const read = api.get("/doctor/bookings", person);
    await expectRefused(read, 403, "MFA_ENROLMENT_REQUIRED");
  });
});
