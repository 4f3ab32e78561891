import { afterEach, describe, expect, test } from "vitest";
import { clock } from "@/server/platform/clock";
import { login, makeMember, PASSWORD, totpCode } from "../support/accounts";
import { sql, tablesThatContain } from "../support/database";
import type { Person } from "../support/factories";
import { type Api, labelOf, useHost } from "../support/http";
import { raceOf, tally, valuesOf } from "../support/race";
import { expectRefused } from "../support/refusals";

afterEach(() => clock.setOffset(0));

const codesOf = ({ body }: { body: unknown }) =>
  (body as { recoveryCodes: string[] }).recoveryCodes;

/** Makes a patient with a confirmed second factor, at the start of a time step whose code is unused. */
async function makeEnrolled(api: Api) {
  const person = await makeMember("patient");
  const { secret } = (await api.post("/me/mfa/totp", {}, person)).body as { secret: string };
  clock.setOffset(30_000 - (Date.now() % 30_000));
  const confirmed = await api.post("/me/mfa/totp/confirm", { code: totpCode(secret, -1) }, person);
  return { person, secret, old: codesOf(confirmed) };
}

const auditEntriesOf = ({ id }: Person) =>
  sql("SELECT 1 FROM audit_logs WHERE action = 'mfa.codes_renewed' AND entity_id = $1", [id]);

describe("new recovery codes", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  const renew = (person: Person, code: string, password = PASSWORD, key?: string) =>
    api.post("/me/mfa/recovery-codes", { password, code }, person, key ? { key } : {});

  test("are ten, each works once, and the earlier codes stop working", async () => {
    const { person, secret, old } = await makeEnrolled(api);
    expect((await login(api, person.email, old[0])).status).toBe(200);
    const renewed = await renew(person, totpCode(secret));
    expect(renewed.status).toBe(200);
    const codes = codesOf(renewed);
    expect(new Set([...codes, ...old]).size).toBe(20);
    expect(await auditEntriesOf(person)).toHaveLength(1);
    // The session that renewed the codes and the authenticator app still work.
    expect((await api.get("/me", person)).status).toBe(200);
    expect((await login(api, person.email, totpCode(secret, 1))).status).toBe(200);

    const [raced = "", ...others] = codes;
    const answers = valuesOf(await raceOf(20, () => login(api, person.email, raced)));
    expect(tally(answers, labelOf)).toEqual({ "200": 1, "401 MFA_INVALID": 19 });
    for (const code of others) {
      expect([code, (await login(api, person.email, code)).status]).toEqual([code, 200]);
    }
    for (const code of [...old, ...codes]) {
      expect(labelOf(await login(api, person.email, code))).toBe("401 MFA_INVALID");
    }
  });

  test("require the password and a code; after a refusal the old codes still work", async () => {
    const { person, secret, old } = await makeEnrolled(api);
    const [first = "", second = "", third = ""] = old;
    const code = totpCode(secret);
    await expectRefused(renew(person, code, "not the right one"), 401, "INVALID_CREDENTIALS");
    await expectRefused(renew(person, "000000"), 401, "MFA_INVALID");
    expect(await auditEntriesOf(person)).toEqual([]);
    expect((await login(api, person.email, first)).status).toBe(200);
    await expectRefused(renew(person, first), 401, "MFA_INVALID");
    // A recovery code counts as a code, because the patient may have lost the phone.
    const renewed = await renew(person, second);
    expect(renewed.status).toBe(200);
    await expectRefused(login(api, person.email, third), 401, "MFA_INVALID");
    expect((await login(api, person.email, codesOf(renewed)[9])).status).toBe(200);

    const without = await makeMember("patient");
    await expectRefused(renew(without, "000000"), 401, "MFA_INVALID");
    const other = await makeEnrolled(api);
    await expectRefused(renew(other.person, totpCode(secret, 1)), 401, "MFA_INVALID");
  });

  test("are the same when the call is repeated with its key, and are never stored in plain text", async () => {
    const { person, secret } = await makeEnrolled(api);
    const code = totpCode(secret);
    const renewed = await renew(person, code, PASSWORD, "renew-once");
    const repeated = await renew(person, code, PASSWORD, "renew-once");
    expect([renewed.status, repeated.status]).toEqual([200, 200]);
    expect(codesOf(repeated)).toEqual(codesOf(renewed));
    expect(await auditEntriesOf(person)).toHaveLength(1);
    for (const renewedCode of codesOf(renewed)) {
      expect(await tablesThatContain(renewedCode)).toEqual([]);
      expect(await tablesThatContain(renewedCode.replace("-", ""))).toEqual([]);
    }
  });

  test("are replaced by only one of two renewals that run at once", async () => {
    const { person, old } = await makeEnrolled(api);
    const answers = await Promise.all([renew(person, old[0] ?? ""), renew(person, old[1] ?? "")]);
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeGreaterThan(0);
    const stored = await sql("SELECT 1 FROM recovery_codes WHERE user_id = $1", [person.id]);
    expect(stored).toHaveLength(10);
    // The renewal that came second used a code that no longer existed.
    expect(won).toHaveLength(1);
    expect((await login(api, person.email, codesOf(won[0] ?? { body: {} })[0])).status).toBe(200);
  });
});
