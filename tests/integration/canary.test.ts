import { beforeAll, describe, expect, test } from "vitest";
import { env } from "@/env";
import { login, refresh, tokensOf, totpCode } from "../support/accounts";
import { startApp } from "../support/app-process";
import { moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { databaseFiles, foundIn, foundInFiles, mark, newAddress } from "../support/canary";
import { OWNER_URL, sql, tablesThatContain } from "../support/database";
import { inHours, makeDoctor, makeSlot } from "../support/factories";
import { deliver, gatewayEvent, postWebhook } from "../support/gateway";
import type { Api } from "../support/http";
import { until } from "../support/jobs";

const MINUTES = 180_000;
/** Encrypted wherever they are kept, and nowhere else. */
const sealed: Record<string, string> = {
  phone: `+91 ${Array.from({ length: 10 }, () => Math.floor(Math.random() * 10)).join("")}`,
  dateOfBirth: "1931-07-23",
  reason: `Itching ${mark("reason")}`,
  cancelReason: `Better ${mark("cancel")}`,
  notes: `Atopic ${mark("notes")}`,
};
/** Never kept, but as hashes: whoever reads along learns nothing to sign in with. */
const secrets: Record<string, string> = {
  password: mark("password"),
  wrongPassword: mark("wrong"),
  newPassword: mark("new"),
  changedPassword: mark("changed"),
  authSecret: env.AUTH_SECRET,
  gatewaySecret: env.SANDBOX_WEBHOOK_SECRET,
};
/** Kept in the clear in the table of accounts alone: people are found by them. */
const personal = { name: `Asha ${mark("name")}`, email: newAddress() };

type Booking = {
  id: string;
  payment: { id: string; amount: { amount: number; currency: string } };
};

/** The secret of the newest mailed link of a kind. */
async function mailedToken(subject: RegExp): Promise<string> {
  let token = "";
  await until(
    `a mail: ${subject}`,
    async () => {
      const mails = await callerAs(null).mailbox.latest();
      const mail = mails.find((one) => one.to === personal.email && subject.test(one.subject));
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

describe("marked values, through all that the app does with them", { timeout: MINUTES }, () => {
  let log = "";
  let metrics = "";

  beforeAll(async () => {
    const app = await startApp({ LOG_LEVEL: "trace", WITH_JOBS: "1" });
    const patient = await liveAnAccount(app.api);
    await liveBookings(app.api, patient);
    await provokeFaults(app.api, patient);
    metrics = await app.metrics();
    await app.stop();
    log = app.log();
  }, MINUTES);

  /** Signing up, in, on; the second factor; both ways to a new password. */
  async function liveAnAccount(api: Api) {
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
    const profile = { phone: sealed.phone, dateOfBirth: sealed.dateOfBirth, gender: "female" };
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
    for (const [n, one] of [first, second, third, last].entries()) {
      secrets[`access${n}`] = one.accessToken;
      secrets[`refresh${n}`] = one.refreshToken;
    }
    return { token };
  }

  /** Holding, paying, being read by the doctor, consulting; cancelling another. */
  async function liveBookings(api: Api, patient: { token: string }) {
    const doctor = await makeDoctor();
    const [slot, other] = [await makeSlot(doctor), await makeSlot(doctor, inHours(48))];
    const hold = (slotId: string) =>
      ok<Booking>(api.post("/bookings", { slotId, reason: sealed.reason }, patient));
    await ok(api.post("/me/consents", { purpose: "consultation" }, patient));
    const booking = await hold(slot.id);
    await ok(deliver(gatewayEvent("payment.succeeded", booking.payment), api));
    await ok(api.get("/doctor/bookings", doctor));
    await ok(api.get(`/bookings/${booking.id}`, doctor));
    await ok(api.get(`/bookings/${booking.id}`, patient));
    await moveVisit(booking.id, "0 minutes");
    await ok(api.post(`/bookings/${booking.id}/consultation/start`, {}, doctor));
    const notes = { notes: sealed.notes };
    await ok(api.post(`/bookings/${booking.id}/consultation/complete`, notes, doctor));
    const second = await hold(other.id);
    await ok(api.post(`/bookings/${second.id}/cancel`, { reason: sealed.cancelReason }, patient));
  }

  /** Refusals and faults: what is logged of an error is what leaks. */
  async function provokeFaults(api: Api, patient: { token: string }) {
    await api.write(
      "PATCH",
      "/me",
      { phone: sealed.phone, name: `${personal.name}\u0000` },
      patient,
    );
    await api.write("PATCH", "/me", { phone: `${sealed.notes}` }, patient);
    await api.post("/auth/login", { email: personal.email, password: [secrets.password] }, null);
    await postWebhook(sealed.notes ?? "", "t=1,v1=00", api);
    await api.get(`/bookings/${encodeURIComponent(sealed.reason ?? "")}`, patient);
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
    // What is kept in the clear is found, or the search would prove nothing.
    expect(await foundInFiles(files, personal)).toEqual(["email", "name"]);
    expect(await foundInFiles(files, { ...sealed, ...secrets })).toEqual([]);
  });

  test("are not in any row: the kept answers, events, jobs and the record included", async () => {
    const [rows] = await sql<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM idempotency_keys) AS answers, (SELECT count(*)::int FROM job_runs) AS runs,
              (SELECT count(*)::int FROM job_events) AS events, (SELECT count(*)::int FROM mailbox_messages) AS mails,
              (SELECT count(*)::int FROM audit_logs WHERE action = 'clinical.read') AS readings`,
    );
    for (const count of Object.values(rows ?? {})) expect(count).toBeGreaterThan(1);
    for (const text of Object.values({ ...sealed, ...secrets })) {
      expect(await tablesThatContain(text)).toEqual([]);
    }
    for (const text of Object.values(personal)) {
      expect(await tablesThatContain(text)).toEqual(["users"]);
    }
  });

  test("are in no line of the log, at the level that tells most", async () => {
    expect(log).toContain('"path":"auth.login"');
    expect(log).toContain('"call failed"');
    expect(foundIn(log, { ...sealed, ...secrets, ...personal })).toEqual([]);
    const keys = [...env.ENCRYPTION_KEYS.keys.values()].map((key) => key.toString("base64"));
    const signing = env.AUDIT_SIGNING_KEY.export({ format: "der", type: "pkcs8" });
    const passwords = [env.DATABASE_URL, OWNER_URL].map((url) => new URL(url).password);
    for (const text of [...keys, signing.toString("base64"), ...passwords]) {
      expect(log.includes(text)).toBe(false);
    }
  });

  test("are in no metric", () => {
    expect(metrics).toContain('path="auth.login"');
    expect(foundIn(metrics, { ...sealed, ...secrets, ...personal })).toEqual([]);
  });

  test("what was read and what was refused is on the record, by whom and of what", async () => {
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
