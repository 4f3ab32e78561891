import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
import { env, loadEnv } from "@/env";
import { hashPassword } from "@/server/accounts/password";
import { closeDb, db } from "@/server/platform/db";
import { CheckedPool } from "@/server/platform/pool";
import { APP_LOGIN } from "../../scripts/launcher/logins";
import { migrate } from "../../scripts/launcher/migrate";
import { type Postgres, startPostgres } from "../../scripts/launcher/postgres";
import { login, PASSWORD } from "../support/accounts";
import { makeHold } from "../support/bookings";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { Api, errorOf } from "../support/http";
import { routeHandlers } from "../support/routes";

const api = new Api(routeHandlers);

/** Makes the rows that must exist before the database becomes read-only. */
async function makeWorld() {
  const doctor = await makeDoctor();
  const slot = await makeSlot(doctor, inHours(50));
  const patient = await makePatient();
  const passwordHash = await hashPassword(PASSWORD);
  await db.user.update({ where: { id: patient.id }, data: { passwordHash } });
  await db.$executeRaw`UPDATE sessions SET last_seen_at = app_now() - interval '1 minute'`;
  return { slot, hold: await makeHold(), patient };
}

/** Expects one write of each kind to be answered with 503 TRY_AGAIN, not with an internal error. */
async function expectNoWrites({ slot, hold, patient }: Awaited<ReturnType<typeof makeWorld>>) {
  const calls = {
    hold: () => api.post("/bookings", { slotId: slot.id }, patient),
    profile: () => api.write("PATCH", "/me", { name: "Other Name" }, patient),
    signIn: () => login(api, patient.email),
    register: () =>
      api.post("/auth/register", {
        email: "new@example.test",
        name: "New",
        password: "sensible wandering teapot",
      }),
    webhook: () => deliver(gatewayEvent("payment.succeeded", hold.payment)),
  };
  for (const [name, call] of Object.entries(calls)) {
    const answer = await call();
    expect([answer.status, errorOf(answer).data.reason], name).toEqual([503, "TRY_AGAIN"]);
    expect(Number(answer.headers.get("retry-after")), name).toBeGreaterThan(0);
  }
}

/** Expects reads to work, although the session's last use is due to be recorded. */
async function expectReads({ patient }: { patient: { token: string } }) {
  expect((await api.get("/doctors")).status).toBe(200);
  expect((await api.get("/me", patient)).status).toBe(200);
}

const expectNotReady = async () =>
  expect(await api.send("/api/health/ready")).toMatchObject({
    status: 503,
    body: { missing: ["database"], database: "read-only" },
  });

/** Ends the app's database sessions, also those that a pooler keeps. New ones have the new defaults. */
async function reconnect(): Promise<void> {
  await closeDb();
  await sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = '${APP_LOGIN}'`,
  );
}

test("with a read-only database, writes answer TRY_AGAIN and the app is not ready", async () => {
  const world = await makeWorld();
  const name = new URL(env.DATABASE_URL).pathname.slice(1);
  await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await reconnect();
  try {
    await expectReads(world);
    await expectNoWrites(world);
    await expectNotReady();
  } finally {
    await sql(`SET default_transaction_read_only = off`);
    await sql(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await reconnect();
  }
  expect((await api.send("/api/health/ready")).status).toBe(200);
});

describe("a failover", () => {
  const original = { ...env, DATABASE_URL: env.DATABASE_URL };
  const settings = loadEnv() as { DATABASE_URL: string };
  afterAll(() => Object.assign(settings, { DATABASE_URL: original.DATABASE_URL }));

  test("to a hot standby: writes answer TRY_AGAIN until the standby is promoted", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "amrutam-standby-"));
    let server = await startPostgres({ dataDir: folder });
    await migrate(server.url("postgres"));
    const { password } = new URL(env.DATABASE_URL);
    await asOwnerOf(server, `ALTER ROLE amrutam_login PASSWORD '${password}'`);
    await closeDb();
    settings.DATABASE_URL = appUrlOf(server);
    const world = await makeWorld();
    await closeDb();
    // Restart the server as a standby, like a standby whose primary has failed.
    await server.stop();
    await writeFile(path.join(folder, "postgres", "standby.signal"), "");
    server = await startPostgres({ dataDir: folder });
    try {
      settings.DATABASE_URL = appUrlOf(server);
      await expectReads(world);
      await expectNoWrites(world);
      await expectNotReady();
      await expectWritableHost(`127.0.0.1:${server.port}`);

      await asOwnerOf(server, "SELECT pg_promote()");
      const { status } = await api.post("/bookings", { slotId: world.slot.id }, world.patient);
      expect(status).toBe(200);
      expect((await api.send("/api/health/ready")).status).toBe(200);
    } finally {
      await closeDb();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 120_000);
});

/** The app's URL on this server. Its login has the same password as on the tests' server. */
const appUrlOf = ({ port }: Postgres) =>
  Object.assign(new URL(inject("loginUrl")), { port: String(port) }).href;

async function asOwnerOf(server: Postgres, statement: string): Promise<void> {
  const owner = new pg.Client({ connectionString: server.url("postgres") });
  await owner.connect();
  await owner.query(statement);
  await owner.end();
}

/** Expects a URL that names the standby first to connect to the host that accepts writes. */
async function expectWritableHost(standby: string): Promise<void> {
  const primary = inject("loginUrl");
  const { host } = new URL(primary);
  const pool = new CheckedPool(primary.replace(host, `${standby},${host}`), false, { max: 2 });
  try {
    const { rows } = await pool.query("SELECT pg_is_in_recovery() AS standby");
    expect(rows).toEqual([{ standby: false }]);
  } finally {
    await pool.end();
  }
}
