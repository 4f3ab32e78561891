import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { checkSignIn, startApiSession } from "@/server/accounts/commands/sign-in";
import { issueLinkToken } from "@/server/accounts/commands/tokens";
import { hashPassword } from "@/server/accounts/password";
import { db } from "@/server/platform/db";
import { inTransaction } from "@/server/platform/transaction";
import {
  login,
  makeDevices,
  makeMember,
  PASSWORD,
  tokensOf,
  withFactor,
} from "../support/accounts";
import { sql, tablesThatContain } from "../support/database";
import { type Answer, type Api, HOSTS, labelOf, useHost } from "../support/http";
import { moveClock } from "../support/jobs";
import { confirmationOf, mailsTo, sendOwedMails } from "../support/mails";
import { raceOf, tally, valuesOf } from "../support/race";

const newEmail = () => `${randomUUID()}@example.test`;
const OTHER = "another long password 7";

const register = (api: Api, email: string, password = PASSWORD) =>
  api.post("/auth/register", { email, password, name: "New Patient" }, null, { key: null });
const verify = (api: Api, body: object) => api.post("/auth/verify", body, null, { key: null });
const liveSessions = (email: string) =>
  sql("SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = $1", [email]);

/** A code that none of the address's registrations has. */
async function wrongCode(email: string): Promise<string> {
  const { code } = await confirmationOf(email);
  return code === "000000" ? "000001" : "000000";
}

describe.each(HOSTS)("an address that nobody has confirmed, %s", (host) => {
  const api = useHost(host);

  test("opens no session, and is answered as a taken address is", async () => {
    const free = newEmail();
    const { email: taken } = await makeMember("patient");
    const outcomes: string[] = [];
    for (const email of [free, taken]) {
      expect((await register(api, email, OTHER)).status).toBe(200);
      outcomes.push(labelOf(await login(api, email, undefined, OTHER)));
    }
    expect(outcomes).toEqual(["401 INVALID_CREDENTIALS", "401 INVALID_CREDENTIALS"]);
    expect(await liveSessions(free)).toEqual([]);
  });

  test("is confirmed by the mailed code, which signs in", async () => {
    const email = newEmail();
    await register(api, email);
    const { code } = await confirmationOf(email);
    const answer = await verify(api, { email: email.toUpperCase(), code });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        accessToken: expect.any(String),
        accessTokenExpiresAt: expect.any(String),
        refreshToken: expect.any(String),
        refreshTokenExpiresAt: expect.any(String),
        user: { id: expect.any(String), role: "patient", name: "New Patient" },
      },
    });
    const me = await api.get("/me", { token: tokensOf(answer).accessToken });
    expect(me).toMatchObject({ status: 200, body: { email } });
    expect((await login(api, email)).status).toBe(200);
    expect(labelOf(await verify(api, { email, code }))).toBe("401 CODE_INVALID");
  });

  test("takes the code with spaces in it", async () => {
    const email = newEmail();
    await register(api, email);
    const { code } = await confirmationOf(email);
    const spaced = ` ${code.slice(0, 3)} ${code.slice(3)} `;
    expect((await verify(api, { email, code: spaced })).status).toBe(200);
  });

  test("is confirmed by the mailed link too, which signs in", async () => {
    const email = newEmail();
    await register(api, email);
    const { token } = await confirmationOf(email);
    const answer = await verify(api, { token });
    expect((await api.get("/me", { token: tokensOf(answer).accessToken })).status).toBe(200);
    expect(labelOf(await verify(api, { token }))).toBe("401 CODE_INVALID");
  });

  test("a wrong code is answered alike for a known, a confirmed and an unknown address", async () => {
    const email = newEmail();
    await register(api, email);
    const { email: confirmed } = await makeMember("patient");
    const code = await wrongCode(email);
    const shown = ({ status, text }: Answer) => [status, text.replace(/"requestId":"[^"]*"/, "")];
    const known = await verify(api, { email, code });
    expect(labelOf(known)).toBe("401 CODE_INVALID");
    for (const other of [confirmed, newEmail()]) {
      expect(shown(await verify(api, { email: other, code }))).toEqual(shown(known));
    }
  });

  test.each([
    [{}],
    [{ email: "a@b.test" }],
    [{ code: "123456" }],
    [{ email: "a@b.test", code: "" }],
  ])("%j is no way to confirm one: 400", async (body) => {
    expect(labelOf(await verify(api, body))).toBe("400 INVALID_INPUT");
  });
});

describe("one server:", { timeout: 120_000 }, () => {
  const api = useHost("node server");

  describe("the code", () => {
    afterEach(() => moveClock("0"));

    test("is good for five tries, also when twenty come at once", async () => {
      const email = newEmail();
      await register(api, email);
      const code = await wrongCode(email);
      const answers = valuesOf(await raceOf(20, () => verify(api, { email, code })));
      expect(tally(answers, labelOf)).toEqual({ "401 CODE_INVALID": 20 });
      expect(
        await sql(
          "SELECT tries FROM sign_ups s JOIN users u ON u.id = s.user_id WHERE email = $1",
          [email],
        ),
      ).toEqual([{ tries: 5 }]);
      const { code: right, token } = await confirmationOf(email);
      expect(labelOf(await verify(api, { email, code: right }))).toBe("401 CODE_INVALID");
      // A stranger who uses the tries up does not lock the owner out.
      expect((await verify(api, { token })).status).toBe(200);
    });

    test("twenty right ones at once confirm the address once", async () => {
      const email = newEmail();
      await register(api, email);
      const { code } = await confirmationOf(email);
      const answers = valuesOf(await raceOf(20, () => verify(api, { email, code })));
      expect(tally(answers, labelOf)).toEqual({ "200": 1, "401 CODE_INVALID": 19 });
      expect(
        await sql(
          `SELECT 1 FROM audit_logs a JOIN users u ON u.id::text = a.entity_id
          WHERE u.email = $1 AND action = 'email.verified'`,
          [email],
        ),
      ).toHaveLength(1);
    });

    test.each([
      ["14 minutes", "200"],
      ["16 minutes", "401 CODE_INVALID"],
    ])("after %s: %s", async (later, expected) => {
      const email = newEmail();
      await register(api, email);
      const { code } = await confirmationOf(email);
      await moveClock(later);
      expect(labelOf(await verify(api, { email, code }))).toBe(expected);
    });

    test("is nowhere in the database, nor is the link's secret", async () => {
      const email = newEmail();
      await register(api, email);
      const { code, token } = await confirmationOf(email);
      for (const marker of [code, token]) expect(await tablesThatContain(marker)).toEqual([]);
    });

    test("is mailed anew where the right password comes before the address is confirmed", async () => {
      const email = newEmail();
      await register(api, email);
      const first = await confirmationOf(email);
      expect(labelOf(await login(api, email, undefined, OTHER))).toBe("401 INVALID_CREDENTIALS");
      expect(await mailsTo(email)).toHaveLength(1);
      expect(labelOf(await login(api, email))).toBe("401 INVALID_CREDENTIALS");
      expect(await mailsTo(email)).toHaveLength(2);
      const second = await confirmationOf(email);
      expect(second.token).not.toBe(first.token);
      expect((await verify(api, { email, code: second.code })).status).toBe(200);
    });
  });

  describe("a stranger who registered the address first", () => {
    test("does not choose the password of the owner who registers and confirms it", async () => {
      const email = newEmail();
      await register(api, email, OTHER);
      await sendOwedMails();
      await register(api, email, PASSWORD);
      const { code } = await confirmationOf(email);
      expect((await verify(api, { email, code })).status).toBe(200);
      expect((await login(api, email, undefined, PASSWORD)).status).toBe(200);
      expect(labelOf(await login(api, email, undefined, OTHER))).toBe("401 INVALID_CREDENTIALS");
    });

    test("and had a session and a second factor from before the rule loses both to a reset by mail", async () => {
      const person = await makeMember("patient");
      const devices = await makeDevices(person);
      await withFactor(person);
      await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [person.id]);
      const token = await inTransaction((tx) => issueLinkToken(tx, person.id, "reset_password"));
      await api.post("/auth/reset", { token, password: OTHER }, null, { key: null });
      expect(labelOf(await login(api, person.email, undefined, OTHER))).toBe("200");
      expect(await devices.answers(api)).toEqual({ browser: 401, api: 401 });
      expect(
        await sql("SELECT 1 FROM audit_logs WHERE action = 'mfa.reset' AND entity_id = $1", [
          person.id,
        ]),
      ).toHaveLength(1);
    });

    test("a reset by mail of a confirmed account leaves the second factor", async () => {
      const person = await makeMember("patient");
      await withFactor(person);
      const token = await inTransaction((tx) => issueLinkToken(tx, person.id, "reset_password"));
      await api.post("/auth/reset", { token, password: OTHER }, null, { key: null });
      expect(labelOf(await login(api, person.email, undefined, OTHER))).toBe("401 MFA_REQUIRED");
    });

    test("the database refuses a session of an account whose address is not confirmed", async () => {
      const email = newEmail();
      await register(api, email);
      const { id } = await db.user.findUniqueOrThrow({ where: { email } });
      const insert = sql(
        `INSERT INTO sessions (user_id, kind, device, expires_at)
       VALUES ($1, 'api', 'tests', now() + interval '1 day')`,
        [id],
      );
      await expect(insert).rejects.toMatchObject({ constraint: "sessions_confirmed" });
    });

    test("a sign-in that was checked opens nothing where the address is no longer confirmed", async () => {
      const person = await makeMember("patient");
      await sql("UPDATE users SET password_hash = $1 WHERE id = $2", [
        await hashPassword(OTHER),
        person.id,
      ]);
      const checked = await checkSignIn({ email: person.email, password: OTHER }, null);
      await sql("UPDATE users SET email_verified_at = NULL WHERE id = $1", [person.id]);
      await sql("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", [person.id]);
      const started = startApiSession(checked, { userAgent: null, requestId: null });
      await expect(started).rejects.toMatchObject({ reason: "INVALID_CREDENTIALS" });
    });
  });
});
