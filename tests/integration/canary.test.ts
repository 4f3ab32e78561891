import { beforeAll, describe, expect, test } from "vitest";
import { env } from "@/env";
import { login, refresh, tokensOf, totpCode } from "../support/accounts";
import { startApp } from "../support/app-process";
import { moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { OWNER_URL, sql, tablesThatContain } from "../support/database";
import { inHours, makeDoctor, makeSlot } from "../support/factories";
import { deliver, gatewayEvent, postWebhook } from "../support/gateway";
import type { Api } from "../support/http";
import { until } from "../support/jobs";
import { databaseFiles, foundIn, foundInFiles, mark, newAddress } from "./fixtures/canary";

const MINUTES = 180_000;
/** Values that are stored only in encrypted form. */
const encrypted: Record<string, string> = {
  phone: `+91 ${Array.from({ length: 10 }, () => Math.floor(Math.random() * 10)).join("")}`,
  dateOfBirth: "1931-07-23",
  reason: `Itching ${mark("reason")}`,
  cancelReason: `Better ${mark("cancel")}`,
  notes: `Atopic ${mark("notes")}`,
};
/** Values that are never stored, or only as hashes. */
const secrets: Record<string, string> = {
  password: mark("password"),
  wrongPassword: mark("wrong"),
  newPassword: mark("new"),
  changedPassword: mark("changed"),
  authSecret: env.AUTH_SECRET,
  gatewaySecret: env.SANDBOX_WEBHOOK_SECRET,
};
/** Values that are stored as plain text, only in the table `users`, because people are searched by them. */
const personal = { name: `Asha ${mark("name")}`, email: newAddress() };

type Booking = {
  id: string;
  payment: { id: string; amount: { amount: number; currency: string } };
};

/** Waits for a mail with this subject. Returns the token of its link. */
async function mailedToken(subject: RegExp): Promise<string> {
  let token = "";
  await until(
    `a mail: ${subject}`,
    async () => {
      const mails = await callerAs(null).mailbox.latest();
      const mail = mails.find(
        ({ to, subject: title }) => to === personal.email && subject.test(title),
      );
      token = /token=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
      return token !== "";
    },
    60_000,
  );
  return token;
}

async function ok<T>(call: Promise<{ status: number; body: unknown; text: string }>): Promise<T> {
  const { status, body, text } = await call;
  if (status !== 200) throw new Error(`${status} ${text}`);
  return body as T;
}

describe("canary values, after the app has used them everywhere,", { timeout: MINUTES }, () => {
  let log = "";
  let metrics = "";

  beforeAll(async () => {
    const app = await startApp({ LOG_LEVEL: "trace", WITH_JOBS: "1" });
    const patient = await exerciseAccount(app.api);
    await exerciseBookings(app.api, patient);
    await provokeFaults(app.api, patient);
    metrics = await app.metrics();
    await app.stop();
    log = app.log();
  }, MINUTES);

  /** Exercises an account: sign-up, sign-in, refresh, profile, second factor, password reset and password change. */
  async function exerciseAccount(api: Api) {
    const post = (path: string, body: object, who: { token: string } | null = null) =>
      ok<Record<string, string>>(api.post(path, body, who));
    const { name, email } = personal;
    await post("/auth/register", { email, name, password: secrets.password });
    secrets.verifyLink = await mailedToken(/confirm/i);
    await post("/auth/verify", { token: secrets.verifyLink });
    await login(api, email, undefined, secrets.wrongPassword);
    const first = tokensOf(await login(api, email, undefined, secrets.password));
    const second = tokensOf(await refresh(api, first.refreshToken));
    const me = { token: second.accessToken };
    const profile = {
      phone: encrypted.phone,
      dateOfBirth: encrypted.dateOfBirth,
      gender: "female",
    };
    const key = mark("key");
    await ok(api.write("PATCH", "/me", profile, me, { key }));
    await ok(api.write("PATCH", "/me", profile, me, { key }));
    const { secret = "" } = await post("/me/mfa/totp", {}, me);
    const code = totpCode(secret, -1);
    const confirmed = await ok<{ recoveryCodes: string[] }>(
      api.post("/me/mfa/totp/confirm", { code }, me),
    );
    const [recovery = ""] = confirmed.recoveryCodes;
    await login(api, email, "123456", secrets.password);
    await ok(login(api, email, totpCode(secret), secrets.password));
    const third = tokensOf(await login(api, email, recovery, secrets.password));
    await post("/auth/reset/request", { email });
    secrets.resetLink = await mailedToken(/password/i);
    await post("/auth/reset", { token: secrets.resetLink, password: secrets.newPassword });
    const last = tokensOf(await login(api, email, totpCode(secret, 1), secrets.newPassword));
    const token = last.accessToken;
    const change = { current: secrets.newPassword, next: secrets.changedPassword };
    await post("/me/password", change, { token });
    Object.assign(secrets, {
      mfaSecret: secret,
      recovery,
      recoveryBare: recovery.replace("-", ""),
    });
    for (const [n, tokens] of [first, second, third, last].entries()) {
      secrets[`access${n}`] = tokens.accessToken;
      secrets[`refresh${n}`] = tokens.refreshToken;
    }
    return { token };
  }

  /** Holds, pays, reads and completes a booking, and cancels another one. */
  async function exerciseBookings(api: Api, patient: { token: string }) {
    const doctor = await makeDoctor();
    const [slot, other] = [await makeSlot(doctor), await makeSlot(doctor, inHours(48))];
    const hold = (slotId: string) =>
      ok<Booking>(api.post("/bookings", { slotId, reason: encrypted.reason }, patient));
    await ok(api.post("/me/consents", { purpose: "consultation" }, patient));
    const booking = await hold(slot.id);
    await ok(deliver(gatewayEvent("payment.succeeded", booking.payment), api));
    await ok(api.get("/doctor/bookings", doctor));
    await ok(api.get(`/bookings/${booking.id}`, doctor));
    await ok(api.get(`/bookings/${booking.id}`, patient));
    await moveVisit(booking.id, "0 minutes");
    await ok(api.post(`/bookings/${booking.id}/consultation/start`, {}, doctor));
    const notes = { notes: encrypted.notes };
    await ok(api.post(`/bookings/${booking.id}/consultation/complete`, notes, doctor));
    const second = await hold(other.id);
    await ok(
      api.post(`/bookings/${second.id}/cancel`, { reason: encrypted.cancelReason }, patient),
    );
  }

  /** Causes refusals and faults, because a logged error is where a value leaks most easily. */
  async function provokeFaults(api: Api, patient: { token: string }) {
    await api.write(
      "PATCH",
      "/me",
      { phone: encrypted.phone, name: `${personal.name}\u0000` },
      patient,
    );
    await api.write("PATCH", "/me", { phone: `${encrypted.notes}` }, patient);
    await api.post("/auth/login", { email: personal.email, password: [secrets.password] }, null);
    await postWebhook(encrypted.notes ?? "", "t=1,v1=00", api);
    await api.get(`/bookings/${encodeURIComponent(encrypted.reason ?? "")}`, patient);
    await sql(
      `UPDATE profiles SET phone = date_of_birth
        WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [personal.email],
    );
    expect((await api.get("/me", patient)).status).toBe(500);
  }

  test("are not in the database's files, the write-ahead log or the server's log", async () => {
    const files = await databaseFiles();
    expect(files.length).toBeGreaterThan(100);
    // The search must find the values that are stored as plain text. Otherwise it would prove nothing.
    expect(await foundInFiles(files, personal)).toEqual(["email", "name"]);
    expect(await foundInFiles(files, { ...encrypted, ...secrets })).toEqual([]);
  });

  test("are not in any row, including stored answers, events, jobs and the audit log", async () => {
    const [rows] = await sql<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM idempotency_keys) AS answers, (SELECT count(*)::int FROM job_runs) AS runs,
              (SELECT count(*)::int FROM job_events) AS events, (SELECT count(*)::int FROM mailbox_messages) AS mails,
              (SELECT count(*)::int FROM audit_logs WHERE action = 'clinical.read') AS readings`,
    );
    for (const count of Object.values(rows ?? {})) expect(count).toBeGreaterThan(1);
    for (const text of Object.values({ ...encrypted, ...secrets })) {
      expect(await tablesThatContain(text)).toEqual([]);
    }
    for (const text of Object.values(personal)) {
      expect(await tablesThatContain(text)).toEqual(["users"]);
    }
  });

  test("are not in the log at its most detailed level", async () => {
    expect(log).toContain('"path":"auth.login"');
    expect(log).toContain('"call failed"');
    expect(foundIn(log, { ...encrypted, ...secrets, ...personal })).toEqual([]);
    const keys = [...env.ENCRYPTION_KEYS.keys.values()].map((key) => key.toString("base64"));
    const signing = env.AUDIT_SIGNING_KEY.export({ format: "der", type: "pkcs8" });
    const passwords = [env.DATABASE_URL, OWNER_URL].map((url) => new URL(url).password);
    for (const text of [...keys, signing.toString("base64"), ...passwords]) {
      expect(log.includes(text)).toBe(false);
    }
  });

  test("are not in the metrics", () => {
    expect(metrics).toContain('path="auth.login"');
    expect(foundIn(metrics, { ...encrypted, ...secrets, ...personal })).toEqual([]);
  });

  test("are audited when a doctor reads them, and so are refused sign-ins", async () => {
    const [person] = await sql<{ id: string }>("SELECT id FROM users WHERE email = $1", [
      personal.email,
    ]);
    const actions = await sql<{ action: string; n: number }>(
      `SELECT action, count(*)::int AS n FROM audit_logs WHERE action IN ('clinical.read', 'sign_in.denied')
          AND (entity_id = $1 OR actor_role = 'doctor') GROUP BY action ORDER BY action`,
      [person?.id],
    );
    expect(actions).toEqual([
      { action: "clinical.read", n: 2 },
      { action: "sign_in.denied", n: 2 },
    ]);
  });
});
