import pg from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { CheckedPool } from "@/server/platform/pool";
import { DIRECT_URL, OWNER_URL, sql } from "../support/database";
import { makeAppLogin, LOGIN_SETTINGS as SETTINGS } from "../support/logins";
import { DOCUMENTED, startPgBouncer } from "../support/pgbouncer";

const database = new URL(DIRECT_URL).pathname.slice(1);

const stops: Array<() => Promise<unknown>> = [];
const pools: CheckedPool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end();
});

afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Makes a database login for one test. By default it may take the role amrutam_app. */
async function makeLogin(options: Parameters<typeof makeAppLogin>[0] = {}): Promise<string> {
  const login = await makeAppLogin(options);
  stops.push(login.drop);
  return login.url;
}

/** Starts PgBouncer in front of the test's database. @returns the URL that goes through it. */
async function startPooler(settings: Record<string, string>, url = DIRECT_URL): Promise<string> {
  const bouncer = await startPgBouncer([url], settings);
  stops.unshift(bouncer.stop);
  return bouncer.through(url);
}

function poolOn(url: string, isStrict = false): CheckedPool {
  const pool = new CheckedPool(url, isStrict, { max: 5, connectionTimeoutMillis: 10_000 });
  pools.push(pool);
  return pool;
}

const IN_FORCE = {
  role: "amrutam_app",
  statement: "5s",
  lock: "2s",
  idle: "10s",
  zone: "UTC",
};

const READ = `
  SELECT current_user::text AS role, current_setting('statement_timeout') AS statement,
         current_setting('lock_timeout') AS lock, current_setting('TimeZone') AS zone,
         current_setting('idle_in_transaction_session_timeout') AS idle`;

/** Reads the settings of three connections that are checked out of a pool at the same time. */
async function settingsOf(pool: CheckedPool): Promise<unknown[]> {
  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  try {
    return await Promise.all(clients.map(async (client) => (await client.query(READ)).rows[0]));
  } finally {
    for (const client of clients) client.release();
  }
}

/** Why a pool refuses to check out a connection. */
const refusalOf = (pool: CheckedPool): Promise<string> =>
  pool.connect().then(
    (client) => {
      client.release();
      return "checked out";
    },
    (error: Error) => error.message,
  );

const IGNORED = { ignore_startup_parameters: "options" };
const TRANSACTION = { pool_mode: "transaction", ...IGNORED };
describe("a pooler in session mode", () => {
  test.each([
    ["drops the startup parameter", DOCUMENTED],
    ["refuses the startup parameter", { pool_mode: "session" }],
  ])(
    "that %s: the app sets role, time zone and timeouts on each connection",
    async (_what, settings) => {
      await sql(`ALTER DATABASE ${database} SET timezone = 'Asia/Kolkata'`);
      try {
        const pool = poolOn(await startPooler(settings));
        expect(await settingsOf(pool)).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
        expect(pool.pooling).toBe("session");
      } finally {
        await sql(`ALTER DATABASE ${database} RESET timezone`);
      }
    },
  );

  test("whose login may not take the role amrutam_app: no connection can be checked out", async () => {
    const login = await makeLogin({ mayBecomeApp: false });
    const refusal = await refusalOf(poolOn(await startPooler(DOCUMENTED, login)));
    expect(refusal).toContain("role cannot be set: permission denied");
  });

  test.each(["0", "1"])(
    "is distinguished from transaction mode with server_round_robin = %s",
    async (roundRobin) => {
      for (const mode of ["session", "transaction"]) {
        const settings = { pool_mode: mode, server_round_robin: roundRobin, ...IGNORED };
        const login = await makeLogin({ settings: SETTINGS });
        const pool = poolOn(await startPooler(settings, login));
        // Leave several server connections idle, so that the pooler has a choice.
        await settingsOf(pool);
        const second = poolOn(pool.options.connectionString ?? "");
        await settingsOf(second);
        expect(second.pooling).toBe(mode);
      }
    },
  );
});

describe("a pooler in transaction mode", () => {
  test("that drops the startup parameter: no connection can be checked out, and the error names the missing settings", async () => {
    const refusal = await refusalOf(poolOn(await startPooler(TRANSACTION)));
    expect(refusal).toContain("role is amrutam_login, and must be amrutam_app");
    for (const name of ["statement", "lock", "idle_in_transaction_session"]) {
      expect(refusal).toMatch(new RegExp(`${name}_timeout is 0, and must be \\d+s`));
    }
    expect(refusal).toContain("assigns a server connection for one transaction only");
  });

  test("whose login has the settings as defaults: each connection has them", async () => {
    const url = await startPooler(TRANSACTION, await makeLogin({ settings: SETTINGS }));
    expect(await settingsOf(poolOn(url))).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
  });
});

test("with a pooler in statement mode no connection can be checked out", async () => {
  const url = await startPooler({ pool_mode: "statement", ...IGNORED });
  expect(await refusalOf(poolOn(url))).toContain("the pooler allows no transactions");
});

describe("a database URL with its own parameters", () => {
  const withQuery = (query: string) => `${DIRECT_URL}?${query}`;

  test("keeps its options in addition to the app's settings", async () => {
    const options = encodeURIComponent("-c search_path=public,pg_temp -c role=none");
    const pool = poolOn(withQuery(`options=${options}`));
    expect(await settingsOf(pool)).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
    const { rows } = await pool.query("SHOW search_path");
    expect(rows).toEqual([{ search_path: "public,pg_temp" }]);
  });

  test("cannot override the app's settings", async () => {
    const query = "statement_timeout=0&lock_timeout=0&idle_in_transaction_session_timeout=0";
    expect(await settingsOf(poolOn(withQuery(query)))).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
  });

  test("and two hosts uses the host that answers and accepts writes", async () => {
    const { host } = new URL(DIRECT_URL);
    const pool = poolOn(DIRECT_URL.replace(host, `127.0.0.1:1,${host}`));
    expect(await settingsOf(pool)).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
  });
});

describe("the login of the database URL", () => {
  test("owns nothing in the embedded database, in every role that it can take", async () => {
    const client = new pg.Client({ connectionString: DIRECT_URL });
    await client.connect();
    try {
      await client.query("SET ROLE amrutam_app");
      await client.query("SET ROLE NONE");
      for (const statement of [
        "SELECT 1 FROM users",
        "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
        "SET ROLE postgres",
        "CREATE TABLE mine (id int)",
      ]) {
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: "42501" });
      }
    } finally {
      await client.end();
    }
  });

  test("is refused with STRICT_DB_ROLE=1 if it owns the tables", async () => {
    expect(await settingsOf(poolOn(OWNER_URL))).toEqual([IN_FORCE, IN_FORCE, IN_FORCE]);
    expect(await refusalOf(poolOn(OWNER_URL, true))).toContain(
      "the login postgres can take the app's restrictions away",
    );
    expect(await refusalOf(poolOn(DIRECT_URL, true))).toBe("checked out");
  });
});
