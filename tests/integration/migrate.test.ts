import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { migrate } from "../../scripts/launcher/migrate";
import { writableHost } from "../../scripts/launcher/writable-host";
import { type PgBouncer, startPgBouncer } from "../support/pgbouncer";

const name = `fresh_${randomBytes(6).toString("hex")}`;
const url = Object.assign(new URL(inject("adminUrl")), { pathname: `/${name}` }).href;

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: inject("adminUrl") });
  await admin.connect();
  await admin.query(statement);
  await admin.end();
}

describe("migrations through a pooler in transaction mode", () => {
  let bouncer: PgBouncer;

  beforeAll(async () => {
    await asAdmin(`CREATE DATABASE ${name}`);
    bouncer = await startPgBouncer([url], { pool_mode: "transaction" });
  });

  afterAll(async () => {
    await bouncer.stop();
    await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  test("that are applied twice at once are applied once, and leave no lock behind", async () => {
    const applied = await Promise.all([
      migrate(bouncer.through(url)),
      migrate(bouncer.through(url)),
    ]);
    expect(applied.map((names) => names.length).sort()[0]).toBe(0);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `SELECT objid FROM pg_locks WHERE locktype = 'advisory'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await client.end();
    expect(rows).toEqual([]);
  });
});

describe("of several hosts", () => {
  const { host } = new URL(inject("adminUrl"));
  const urlOf = (hosts: string) => inject("adminUrl").replace(host, hosts);

  test("the first that takes writes is migrated", async () => {
    expect(await writableHost(urlOf(`127.0.0.1:1,${host}`))).toBe(inject("adminUrl"));
  });

  test("none that can be reached is an error in words", async () => {
    await expect(writableHost(urlOf("127.0.0.1:1,127.0.0.1:2"))).rejects.toThrow(
      "No host of the database URL can be reached",
    );
  });
});

test("a database that is read-only is not migrated, in words", async () => {
  const options = encodeURIComponent("-c default_transaction_read_only=on");
  await expect(migrate(`${inject("adminUrl")}?options=${options}`)).rejects.toThrow(
    "The database is read-only",
  );
});
