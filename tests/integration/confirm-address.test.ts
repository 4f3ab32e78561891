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

/** Returns a code that is wrong for this address. */
async function wrongCode(email: string): Promise<string> {
  const { code } = await confirmationOf(email);
  return code === "000000" ? "000001" : "000000";
}

describe.each(HOSTS)("an unconfirmed address, %s", (host) => {
  const api = useHost(host);

  test("cannot sign in, and gets the same answer as a taken address", async () => {
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

  test("is confirmed by the mailed code, which also signs in", async () => {
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

  test("is confirmed by a code that contains spaces", async () => {
    const email = newEmail();
    await register(api, email);
    const { code } = await confirmationOf(email);
    const spaced = ` ${code.slice(0, 3)} ${code.slice(3)} `;
    expect((await verify(api, { email, code: spaced })).status).toBe(200);
  });

  test("is confirmed by the mailed link, which also signs in", async () => {
    const email = newEmail();
    await register(api, email);
    const { token } = await confirmationOf(email);
    const answer = await verify(api, { token });
    expect((await api.get("/me", { token: tokensOf(answer).accessToken })).status).toBe(200);
    expect(labelOf(await verify(api, { token }))).toBe("401 CODE_INVALID");
  });

  test("gets the same answer to a wrong code as a confirmed and an unknown address", async () => {
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
  ])("cannot be confirmed with %j: 400", async (body) => {
    expect(labelOf(await verify(api, body))).toBe("400 INVALID_INPUT");
  });
});

describe("confirming an address:", { timeout: 120_000 }, () => {
  const api = useHost("node server");

  describe("the mailed code", () => {
    afterEach(() => moveClock("0"));

    test("has five tries, also when twenty are sent at the same time", async () => {
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
      // A stranger who uses up the tries does not lock the owner out: the link still works.
      expect((await verify(api, { token })).status).toBe(200);
    });

    test("confirms the address once if it is sent twenty times at the same time", async () => {
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
    ])("answers after %s: %s", async (later, expected) => {
      const email = newEmail();
      await register(api, email);
      const { code } = await confirmationOf(email);
      await moveClock(later);
      expect(labelOf(await verify(api, { email, code }))).toBe(expected);
    });

    test("is not in the database as plain text, and neither is the link's token", async () => {
      const email = newEmail();
      await register(api, email);
      const { code, token } = await confirmationOf(email);
      for (const marker of [code, token]) expect(await tablesThatContain(marker)).toEqual([]);
    });

    test("is mailed again after a sign-in with the right password", async () => {
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
    test("does not set the password of the owner who registers and confirms later", async () => {
      const email = newEmail();
      await register(api, email, OTHER);
      await sendOwedMails();
      await register(api, email, PASSWORD);
      const { code } = await confirmationOf(email);
      expect((await verify(api, { email, code })).status).toBe(200);
      expect((await login(api, email, undefined, PASSWORD)).status).toBe(200);
      expect(labelOf(await login(api, email, undefined, OTHER))).toBe("401 INVALID_CREDENTIALS");
    });

    test("loses an existing session and second factor when the owner resets the password", async () => {
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
  });

  describe("an account", () => {
    test("keeps its second factor after a password reset if the address is confirmed", async () => {
      const person = await makeMember("patient");
      await withFactor(person);
      const token = await inTransaction((tx) => issueLinkToken(tx, person.id, "reset_password"));
      await api.post("/auth/reset", { token, password: OTHER }, null, { key: null });
      expect(labelOf(await login(api, person.email, undefined, OTHER))).toBe("401 MFA_REQUIRED");
    });

    test("cannot have a session in the database if the address is not confirmed", async () => {
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

    test("gets no session if the address becomes unconfirmed after the password check", async () => {
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
