import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, inject } from "vitest";
import { freePort } from "../../scripts/launcher/postgres";
import { makeSecrets } from "../../scripts/launcher/secrets";

// Creates a database for the test file and sets the environment, before the first server module is
// imported.
const name = `test_${randomBytes(6).toString("hex")}`;
const urlOf = (server: string) => Object.assign(new URL(server), { pathname: `/${name}` }).href;

await asAdmin((admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE app_template`));

Object.assign(process.env, makeSecrets(), {
  NODE_ENV: "test",
  AMRUTAM_MODE: "demo",
  DATABASE_URL: urlOf(inject("loginUrl")),
  MIGRATION_DATABASE_URL: urlOf(inject("adminUrl")),
  HOST: "127.0.0.1",
  PORT: String(await freePort()),
  RATE_LIMITS: "off",
  LOG_LEVEL: process.env.TEST_LOG ?? "silent",
});

// Registered first, so it runs after the afterAll of the test file.
afterAll(async () => {
  const { closeDb } = await import("@/server/platform/db");
  const { expireHolds } = await import("@/server/bookings/commands/expire");
  const { brokenAtTheEnd } = await import("../support/invariants");
  // A job does this each minute, but no job runs here. Some holds of the tests may have expired.
  await expireHolds("any");
  const broken = await brokenAtTheEnd();
  await closeDb();
  const left = await sessionsLeft();
  await asAdmin((admin) => admin.query(`DROP DATABASE ${name} WITH (FORCE)`));
  if (broken.length > 0) throw new Error(`Invariants are broken:\n${broken.join("\n")}`);
  if (left.length > 0) throw new Error(`Database sessions left open:\n${left.join("\n")}`);
});

/** The sessions of the database that stay open. Idle ones that a pooler keeps do not count. */
async function sessionsLeft(): Promise<string[]> {
  let left: string[] = [];
  for (let tries = 0; tries < 20; tries += 1) {
    left = await asAdmin(async (admin) => {
      const { rows } = await admin.query<{ session: string }>(
        `SELECT concat_ws(' ', application_name, state, query) AS session
           FROM pg_stat_activity
          WHERE datname = $1 AND NOT (state = 'idle' AND query = 'DISCARD ALL')`,
        [name],
      );
      return rows.map(({ session }) => session);
    });
    if (left.length === 0) break;
    await sleep(100);
  }
  return left;
}

async function asAdmin<Result>(work: (admin: pg.Client) => Promise<Result>): Promise<Result> {
  const admin = new pg.Client({ connectionString: inject("adminUrl") });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
