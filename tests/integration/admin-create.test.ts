import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { login, withFactor } from "../support/accounts";
import { sql, tablesThatContain } from "../support/database";
import { makeAdmin, makePatient } from "../support/factories";
import { useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

const MINUTES = 120_000;

/** Runs `npm run admin:create` on the test's database. */
async function createAdmin(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "scripts/cli/admin-create.ts", ...args],
      { env: { ...process.env, NODE_OPTIONS: "" } },
    );
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

describe("the first admin", { timeout: MINUTES }, () => {
  const api = useHost("node server");

  test("is created by the command, with a password that is shown once and stored as a hash", async () => {
    const email = `${randomUUID()}@example.test`;
    const { code, out } = await createAdmin("--email", email.toUpperCase());
    expect(code).toBe(0);
    const password = out.split("\n").at(-3)?.trim() ?? "";
    expect(password.length).toBeGreaterThanOrEqual(20);
    expect(await tablesThatContain(password)).toEqual([]);
    const { body } = await login(api, email, undefined, password);
    expect(body).toMatchObject({ user: { role: "admin" } });
    const entries = await sql(
      `SELECT a.action, a.actor_role FROM audit_logs a JOIN users u ON u.id::text = a.entity_id
        WHERE u.email = $1 AND a.entity_type = 'user'`,
      [email],
    );
    expect(entries).toEqual([{ action: "user.registered", actor_role: "system" }]);
  });

  test("is not created from an existing account, or without an address", async () => {
    const { email, id } = await makePatient();
    const taken = await createAdmin("--email", email);
    expect(taken.code).toBe(1);
    expect(await sql("SELECT role FROM users WHERE id = $1", [id])).toEqual([{ role: "patient" }]);
    const withoutEmail = await createAdmin();
    expect([withoutEmail.code, withoutEmail.err]).toEqual([
      1,
      expect.stringContaining("--email a@b.c"),
    ]);
  });

  test("cannot be created through the API: a new account is a patient, and only admins appoint admins", async () => {
    const email = `${randomUUID()}@example.test`;
    const body = { email, password: "a horse that staples batteries", name: "Eve", role: "admin" };
    await api.post("/auth/register", body, null, { key: null });
    const [account] = await sql<{ id: string; role: string }>(
      "SELECT id, role FROM users WHERE email = $1",
      [email],
    );
    expect(account?.role).toBe("patient");
    const patient = await makePatient();
    const promote = (who: typeof patient) =>
      api.post(`/admin/users/${account?.id}/role`, { role: "admin" }, who);
    await expectRefused(promote(patient), 403, "ROLE_REQUIRED");
    await api.write("PATCH", "/me", { role: "admin" }, patient);
    expect((await api.get("/me", patient)).body).toMatchObject({ role: "patient" });
    const admin = await makeAdmin();
    await expectRefused(promote(admin), 409, "ADMIN_NEEDS_FACTOR");
    await sql("UPDATE users SET email_verified_at = now() WHERE id = $1", [account?.id]);
    await withFactor({ ...patient, id: account?.id ?? "", email });
    expect((await promote(admin)).status).toBe(200);
  });
});
