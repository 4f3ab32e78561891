import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { rowCounts, sql, tablesThatContain } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import { type Answer, type Api, errorOf, HOSTS, labelOf, useHost } from "../support/http";
import { confirmationOf } from "../support/mails";
import { raceOf, tally, valuesOf } from "../support/race";
import { expectError, expectRefused } from "../support/refusals";

type Tokens = { accessToken: string; refreshToken: string; user: { id: string; role: string } };
const tokensOf = (answer: Answer) => answer.body as Tokens;
const bearer = (tokens: Tokens) => ({ token: tokens.accessToken });

const PASSWORD = "a horse that staples batteries";
const newEmail = () => `${randomUUID()}@example.test`;

const register = (api: Api, email: string, password = PASSWORD) =>
  api.post("/auth/register", { email, password, name: "New Patient" }, null, { key: null });

const login = (api: Api, email: string, password = PASSWORD) =>
  api.post("/auth/login", { email, password }, null, { key: null });

const refresh = (api: Api, refreshToken: string) =>
  api.post("/auth/refresh", { refreshToken }, null, { key: null });

async function signUp(api: Api): Promise<{ email: string; tokens: Tokens }> {
  const email = newEmail();
  await register(api, email);
  const { code } = await confirmationOf(email);
  return { email, tokens: tokensOf(await api.post("/auth/verify", { email, code })) };
}

describe.each(HOSTS)("accounts, %s", (host) => {
  const api = useHost(host);

  test("registering a taken address gets the same answer as a free one, and keeps the account", async () => {
    const { email } = await signUp(api);
    const first = await register(api, newEmail());
    const again = await register(api, email.toUpperCase(), "another long password");

    expect(first).toMatchObject({ status: 200, body: { status: "accepted" } });
    expect({ status: again.status, text: again.text }).toEqual({ status: 200, text: first.text });
    expect(await sql("SELECT role FROM users WHERE email = $1", [email])).toEqual([
      { role: "patient" },
    ]);
    await expectRefused(login(api, email, "another long password"), 401, "INVALID_CREDENTIALS");
    expect((await login(api, ` ${email.toUpperCase()} `)).status).toBe(200);
  });

  test("twenty sign-ups for one address at the same time create one account", async () => {
    const email = newEmail();
    const answers = valuesOf(await raceOf(20, () => register(api, email)));
    expect(tally(answers, labelOf)).toEqual({ "200": 20 });
    expect(await sql("SELECT 1 FROM users WHERE email = $1", [email])).toHaveLength(1);
  });

  test("a password that is known from breaches is refused", async () => {
    const before = await rowCounts();
    for (const password of ["passwordpassword", "Password1234!!!"]) {
      await expectRefused(register(api, newEmail(), password), 400, "PASSWORD_BREACHED");
    }
    expect(await rowCounts()).toEqual(before);
  });

  test("a sign-in returns the user and the expiry times of both tokens", async () => {
    const { email, tokens } = await signUp(api);
    expect(tokens).toMatchObject({
      accessToken: expect.any(String),
      accessTokenExpiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      refreshToken: expect.any(String),
      refreshTokenExpiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      user: { id: expect.any(String), role: "patient", name: "New Patient" },
    });
    expect((await api.get("/me", bearer(tokens))).body).toEqual({
      id: tokens.user.id,
      email,
      role: "patient",
      name: "New Patient",
      phone: null,
      dateOfBirth: null,
      gender: null,
      timezone: "Asia/Kolkata",
      doctorId: null,
      mfaEnabled: false,
    });
  });

  test("a wrong password and an unknown address get the same answer", async () => {
    const { email } = await signUp(api);
    const wrong = await login(api, email, "not the right password");
    const unknown = await login(api, newEmail());
    expectError(wrong, 401, "INVALID_CREDENTIALS");
    expectError(unknown, 401, "INVALID_CREDENTIALS");
    const shown = (answer: Answer) => ({
      ...errorOf(answer),
      data: Object.keys(errorOf(answer).data),
    });
    expect(shown(wrong)).toEqual(shown(unknown));
  });

  test("a suspension ends the session at once, and is shown only after the right password", async () => {
    const { email, tokens } = await signUp(api);
    await sql("UPDATE users SET status = 'SUSPENDED' WHERE email = $1", [email]);
    await expectRefused(api.get("/me", bearer(tokens)), 401, "NOT_SIGNED_IN");
    await expectRefused(login(api, email), 401, "ACCOUNT_SUSPENDED");
    await expectRefused(login(api, email, "not the right one"), 401, "INVALID_CREDENTIALS");
    await expectRefused(refresh(api, tokens.refreshToken), 401, "REFRESH_INVALID");
  });

  test("a refresh returns two new tokens and invalidates the old ones", async () => {
    const { tokens } = await signUp(api);
    const renewed = await refresh(api, tokens.refreshToken);
    expect(renewed.status).toBe(200);
    const next = tokensOf(renewed);
    expect([next.accessToken, next.refreshToken]).not.toContain(tokens.accessToken);
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    expect((await api.get("/me", bearer(next))).status).toBe(200);
    await expectRefused(api.get("/me", bearer(tokens)), 401, "NOT_SIGNED_IN");
  });

  test("a refresh token that is used twice ends the whole session", async () => {
    const { tokens } = await signUp(api);
    const next = tokensOf(await refresh(api, tokens.refreshToken));
    await expectRefused(refresh(api, tokens.refreshToken), 401, "REFRESH_REUSED");
    await expectRefused(api.get("/me", bearer(next)), 401, "NOT_SIGNED_IN");
    await expectRefused(refresh(api, next.refreshToken), 401, "REFRESH_INVALID");
    await expectRefused(refresh(api, tokens.refreshToken), 401, "REFRESH_INVALID");
  });

  test("a refresh token that is sent ten times at the same time works once", async () => {
    const { tokens } = await signUp(api);
    const answers = valuesOf(await raceOf(10, () => refresh(api, tokens.refreshToken)));
    const counts = tally(answers, labelOf);
    expect(counts["200"]).toBe(1);
    expect(Object.keys(counts).filter((label) => !/^(200|401 REFRESH_)/.test(label))).toEqual([]);
  });

  test("a sign-out invalidates both tokens at once, and leaves other devices signed in", async () => {
    const { email, tokens } = await signUp(api);
    const other = tokensOf(await login(api, email));
    const out = await api.post("/auth/logout", {}, bearer(tokens), { key: null });
    expect(out).toMatchObject({ status: 200, body: { ok: true } });
    await expectRefused(api.get("/me", bearer(tokens)), 401, "NOT_SIGNED_IN");
    await expectRefused(refresh(api, tokens.refreshToken), 401, "REFRESH_INVALID");
    await expectRefused(api.post("/auth/logout", {}, bearer(tokens)), 401, "NOT_SIGNED_IN");
    expect((await api.get("/me", bearer(other))).status).toBe(200);
  });

  test("an expired access token is refused, and the refresh token still works", async () => {
    const { tokens } = await signUp(api);
    await sql("UPDATE sessions SET access_expires_at = now() - interval '1 s' WHERE user_id = $1", [
      tokens.user.id,
    ]);
    await expectRefused(api.get("/me", bearer(tokens)), 401, "NOT_SIGNED_IN");
    expect((await refresh(api, tokens.refreshToken)).status).toBe(200);
    await sql("UPDATE sessions SET expires_at = now() - interval '1 s' WHERE user_id = $1", [
      tokens.user.id,
    ]);
    const { refreshToken } = tokensOf(await login(api, (await signUp(api)).email));
    expect((await refresh(api, refreshToken)).status).toBe(200);
  });

  test("tokens and passwords are not in the database as plain text", async () => {
    const { tokens } = await signUp(api);
    for (const secret of [PASSWORD, tokens.accessToken, tokens.refreshToken]) {
      expect(await tablesThatContain(secret)).toEqual([]);
    }
  });
});

describe.each(HOSTS)("personal data, %s", (host) => {
  const api = useHost(host);
  const phone = () => `+91 9${Math.floor(Math.random() * 1e9)}`.padEnd(15, "7");

  test("is readable for its owner and encrypted in the database, also in stored answers", async () => {
    const patient = await makePatient();
    const personal = { phone: phone(), dateOfBirth: "1987-03-09", gender: "female" };
    const changed = await api.write("PATCH", "/me", personal, patient);
    expect(changed).toMatchObject({ status: 200, body: personal });
    expect((await api.get("/me", patient)).body).toMatchObject(personal);
    expect(await tablesThatContain(personal.phone)).toEqual([]);
    expect(await tablesThatContain(personal.dateOfBirth)).toEqual([]);
  });

  test("is cleared by null, and stays if the field is left out", async () => {
    const patient = await makePatient();
    const mine = phone();
    await api.write("PATCH", "/me", { phone: mine, gender: "other", name: "Asha K" }, patient);
    await api.write("PATCH", "/me", { gender: null, timezone: "Europe/Berlin" }, patient);
    expect((await api.get("/me", patient)).body).toMatchObject({
      phone: mine,
      gender: null,
      name: "Asha K",
      timezone: "Europe/Berlin",
    });
  });

  test("cannot be decrypted in another person's row", async () => {
    const [one, other] = [await makePatient(), await makePatient()];
    const secret = phone();
    await api.write("PATCH", "/me", { phone: secret }, one);
    await sql(
      "UPDATE profiles SET phone = (SELECT phone FROM profiles WHERE user_id = $1) WHERE user_id = $2",
      [one.id, other.id],
    );
    const answer = await api.get("/me", other);
    expectError(answer, 500, null);
    expect(answer.text).not.toContain(secret);
  });

  test("includes the reason of a booking, which only the patient and the doctor can read", async () => {
    const doctor = await makeDoctor();
    const slot = await makeSlot(doctor);
    const patient = await makePatient();
    const reason = `A rash since ${randomUUID()}`;
    const held = await api.post("/bookings", { slotId: slot.id, reason }, patient);
    expect(held.status).toBe(200);
    await api.post("/me/consents", { purpose: "consultation" }, patient);
    expect(await tablesThatContain(reason)).toEqual([]);
    expect((await api.get("/bookings", patient)).text).toContain(reason);
    expect((await api.get("/doctor/bookings", doctor)).text).toContain(reason);
    expect((await api.get("/bookings", await makePatient())).text).not.toContain(reason);
    expect((await api.get("/doctor/bookings", await makeDoctor())).text).not.toContain(reason);
  });
});
