import { afterEach, describe, expect, test } from "vitest";
import { startApiSession } from "@/server/accounts/commands/sign-in";
import { issueLinkToken } from "@/server/accounts/commands/tokens";
import { clock } from "@/server/platform/clock";
import { inTransaction } from "@/server/platform/transaction";
import {
  atTheStartOfAStep,
  login,
  makeMember,
  PASSWORD,
  totpCode,
  withFactor,
} from "../support/accounts";
import { sql } from "../support/database";
import { asSignedIn, makeAdmin, type Person } from "../support/factories";
import { labelOf, useHost } from "../support/http";
import { mailsTo } from "../support/mails";

const NEXT = "another horse entirely";

describe("a notice about an account", { timeout: 120_000 }, () => {
  const api = useHost("node server");
  afterEach(() => clock.setOffset(0));
  const subjectsTo = async ({ email }: Person) =>
    (await mailsTo(email)).map(({ subject }) => subject);

  test("is mailed when a second factor is turned on, and when it is turned off", async () => {
    atTheStartOfAStep();
    const person = await makeMember("patient");
    const { secret } = (await api.post("/me/mfa/totp", {}, person)).body as { secret: string };
    await api.post("/me/mfa/totp/confirm", { code: totpCode(secret, -1) }, person);
    expect(await subjectsTo(person)).toEqual(["Two-step sign-in is on"]);
    const off = { password: PASSWORD, code: totpCode(secret) };
    expect((await api.post("/me/mfa/totp/disable", off, person)).status).toBe(200);
    expect((await subjectsTo(person))[0]).toBe("Two-step sign-in is off");
  });

  test("is mailed when an admin resets the second factor", async () => {
    const person = await withFactor(await makeMember("patient"));
    const admin = await makeAdmin();
    await api.post(`/admin/users/${person.id}/mfa/reset`, { reason: "lost" }, admin);
    expect(await subjectsTo(person)).toEqual(["Two-step sign-in was reset"]);
  });

  test("is mailed when the password is changed, and when it is reset", async () => {
    const person = await makeMember("patient");
    await api.post("/me/password", { current: PASSWORD, next: NEXT }, person);
    expect(await subjectsTo(person)).toEqual(["Your password was changed"]);
    const token = await inTransaction((tx) => issueLinkToken(tx, person.id, "reset_password"));
    await api.post("/auth/reset", { token, password: PASSWORD }, null);
    expect((await subjectsTo(person))[0]).toBe("Your password was reset");
  });

  test("is not mailed for a change that was refused", async () => {
    const person = await makeMember("patient");
    await api.post("/me/password", { current: "not it at all", next: NEXT }, person);
    await api.post("/me/mfa/totp/disable", { password: PASSWORD, code: "000000" }, person);
    expect(await subjectsTo(person)).toEqual([]);
  });

  test("is mailed for a sign-in from a new device, but not for the first device or a known one", async () => {
    const person = await makeMember("patient");
    await sql(
      "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)",
      [person.id],
    );
    await sql("DELETE FROM sessions WHERE user_id = $1", [person.id]);
    const signInFrom = (name: string, deviceToken?: string) =>
      api.post("/auth/login", { email: person.email, password: PASSWORD, deviceToken }, null, {
        key: null,
        headers: { "user-agent": name },
      });
    const { deviceToken } = (await signInFrom("phone")).body as { deviceToken: string };
    await signInFrom("phone");
    expect(await subjectsTo(person)).toEqual([]);
    expect((await signInFrom("laptop")).status).toBe(200);
    expect(await subjectsTo(person)).toEqual(["A sign-in from a new device"]);
    expect((await signInFrom("another name", deviceToken)).body).toMatchObject({ deviceToken });
    expect(await subjectsTo(person)).toHaveLength(1);
    await signInFrom("a third name", `${deviceToken}x`);
    expect(await subjectsTo(person)).toHaveLength(2);
  });
});

describe("setting up a second factor", () => {
  const api = useHost("node server");
  const begin = (who: { token: string }, password?: string) =>
    api.post("/me/mfa/totp", { password }, who);
  const signedInMinutesAgo = async (person: Person, minutes: number) => {
    const device = { userAgent: "tests", requestId: null };
    const { accessToken: token } = await startApiSession(await asSignedIn(person), device);
    await sql(
      `UPDATE sessions SET created_at = created_at - make_interval(mins => $2)
        WHERE access_token_hash = sha256(convert_to($1, 'UTF8'))`,
      [token, minutes],
    );
    return { token };
  };

  test("needs the password again ten minutes after the sign-in", async () => {
    const person = await makeMember("patient");
    expect(labelOf(await begin(await signedInMinutesAgo(person, 9)))).toBe("200");
    const late = await signedInMinutesAgo(person, 11);
    expect(labelOf(await begin(late))).toBe("401 PASSWORD_REQUIRED");
    expect(labelOf(await begin(late, "not it at all"))).toBe("401 INVALID_CREDENTIALS");
    expect(labelOf(await begin(late, PASSWORD))).toBe("200");
  });

  test("works without a request body right after the sign-in", async () => {
    const person = await makeMember("patient");
    const answer = await api.send("/api/v1/me/mfa/totp", {
      method: "POST",
      headers: { authorization: `Bearer ${person.token}`, "idempotency-key": person.id },
    });
    expect(answer.status).toBe(200);
    expect((await login(api, person.email)).status).toBe(200);
  });
});
