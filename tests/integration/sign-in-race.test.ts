import { afterEach, describe, expect, test } from "vitest";
import {
  checkSignIn,
  startApiSession,
  startBrowserSession,
} from "@/server/accounts/commands/sign-in";
import { issueLinkToken } from "@/server/accounts/commands/tokens";
import { clock } from "@/server/platform/clock";
import { inTransaction } from "@/server/platform/transaction";
import {
  atTheStartOfAStep,
  login,
  makeMember,
  PASSWORD,
  tokensOf,
  totpCode,
} from "../support/accounts";
import { sql, waitingForLocks, withConnection } from "../support/database";
import { makeAdmin, type Person } from "../support/factories";
import { type Answer, type Api, labelOf, useHost } from "../support/http";
import { until } from "../support/jobs";
import { expectRefused } from "../support/refusals";

const NEXT = "another horse entirely";

const reset = async ({ id }: Person, api: Api) => {
  const token = await inTransaction((tx) => issueLinkToken(tx, id, "reset_password"));
  return api.post("/auth/reset", { token, password: NEXT }, null);
};

/** Enables the second factor. @returns its secret; the code of the previous time step is used up. */
async function enableFactor(person: Person, api: Api): Promise<{ answer: Answer; secret: string }> {
  atTheStartOfAStep();
  const { body } = await api.post("/me/mfa/totp", {}, person);
  const { secret } = body as { secret: string };
  const code = totpCode(secret, -1);
  return { secret, answer: await api.post("/me/mfa/totp/confirm", { code }, person) };
}

afterEach(() => clock.setOffset(0));

type Change = (person: Person, api: Api) => Promise<Answer>;
const CHANGES: Array<[string, string, Change]> = [
  ["a reset of the password", "INVALID_CREDENTIALS", reset],
  [
    "a change of the password",
    "INVALID_CREDENTIALS",
    (person, api) => api.post("/me/password", { current: PASSWORD, next: NEXT }, person),
  ],
  [
    "a suspension",
    "ACCOUNT_SUSPENDED",
    async ({ id }, api) =>
      api.post(`/admin/users/${id}/suspend`, { reason: "a test" }, await makeAdmin()),
  ],
  [
    "a change of role",
    "INVALID_CREDENTIALS",
    async ({ id }, api) => {
      const admin = await makeAdmin();
      await sql(
        `INSERT INTO doctors (user_id, name, status, gender, registration_number, council,
                registration_expires_on, specializations, languages, years_of_experience, fee_amount)
         VALUES ($1::uuid, 'Dr. New', 'APPROVED', 'other', $1::uuid::text, 'Karnataka', '2199-12-31', '{Cardiology}',
                '{English}', 1, 100)`,
        [id],
      );
      return api.post(`/admin/users/${id}/role`, { role: "doctor" }, admin);
    },
  ],
  [
    "an enabled second factor",
    "INVALID_CREDENTIALS",
    async (person, api) => (await enableFactor(person, api)).answer,
  ],
];

const device = { userAgent: "tests", requestId: null };
const check = ({ email }: Person, otp?: string) =>
  checkSignIn({ email, password: PASSWORD, otp }, null);
const live = ({ id }: Person) =>
  sql(
    "SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL AND device <> 'the first'",
    [id],
  );

/** Makes a patient whose existing session is marked, so that `live` lists only later sessions. */
async function makePerson(): Promise<Person> {
  const person = await makeMember("patient");
  await sql("UPDATE sessions SET device = 'the first' WHERE user_id = $1", [person.id]);
  return person;
}

describe("a sign-in whose password was checked, but whose session is not started yet,", {
  timeout: 120_000,
}, () => {
  const api = useHost("node server");

  test.each(CHANGES)("starts no session after %s", async (_what, reason, change) => {
    const person = await makePerson();
    const checked = await check(person);
    expect((await change(person, api)).status).toBe(200);

    await expect(startApiSession(checked, device)).rejects.toMatchObject({ reason });
    await expect(startBrowserSession(checked, device)).rejects.toMatchObject({ reason });

    expect(await live(person)).toEqual([]);
    const denials = await sql(
      `SELECT detail->>'reason' AS reason FROM audit_logs
        WHERE action = 'sign_in.denied' AND entity_id = $1`,
      [person.id],
    );
    expect(denials).toEqual([{ reason }, { reason }]);
  });

  test("starts no session after the second factor was disabled or replaced", async () => {
    const person = await makePerson();
    const { secret, answer } = await enableFactor(person, api);
    const { recoveryCodes = [] } = answer.body as { recoveryCodes?: string[] };
    const checked = await check(person, totpCode(secret));
    const off = { password: PASSWORD, code: recoveryCodes[0] };
    expect((await api.post("/me/mfa/totp/disable", off, person)).status).toBe(200);
    await expect(startApiSession(checked, device)).rejects.toMatchObject({
      reason: "INVALID_CREDENTIALS",
    });
    expect((await enableFactor(person, api)).answer.status).toBe(200);
    await expect(startApiSession(checked, device)).rejects.toMatchObject({
      reason: "INVALID_CREDENTIALS",
    });
    expect(await live(person)).toEqual([]);
  });

  test("starts an API or a browser session if nothing has changed", async () => {
    const person = await makePerson();
    const checked = await check(person);
    const { accessToken } = await startApiSession(checked, device);
    expect((await api.get("/me", { token: accessToken })).status).toBe(200);
    await startBrowserSession(checked, device);
    expect(await live(person)).toHaveLength(2);
  });
});

// Both transactions run at once, and a lock makes one of them wait while the other commits: the database
// then has to run one of them again.
describe("a sign-in and a password reset at once leave no session of the old password", () => {
  const api = useHost("node server");

  test("if the reset commits while the sign-in waits", async () => {
    const person = await makePerson();
    // The reset has no session to end, so it does not wait for the locked table.
    await sql("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [person.id]);
    const signingIn = await withConnection(async (client) => {
      await client.query("BEGIN; LOCK TABLE sessions IN SHARE MODE");
      const answer = login(api, person.email);
      await until("the sign-in waits", async () => (await waitingForLocks()) > 0);
      expect((await reset(person, api)).status).toBe(200);
      await client.query("ROLLBACK");
      return answer;
    });
    expect(labelOf(signingIn)).toBe("401 INVALID_CREDENTIALS");
    expect(await live(person)).toEqual([]);
  });

  test("if the sign-in commits while the reset waits", async () => {
    const person = await makePerson();
    const token = await withConnection(async (client) => {
      await client.query("BEGIN");
      await client.query("SELECT 1 FROM users WHERE id = $1 FOR SHARE", [person.id]);
      const resetting = reset(person, api);
      await until("the reset waits", async () => (await waitingForLocks()) > 0);
      const signedIn = await login(api, person.email);
      expect(signedIn.status).toBe(200);
      await client.query("ROLLBACK");
      expect((await resetting).status).toBe(200);
      return tokensOf(signedIn).accessToken;
    });
    await expectRefused(api.get("/me", { token }), 401, "NOT_SIGNED_IN");
    expect(await live(person)).toEqual([]);
  });
});
