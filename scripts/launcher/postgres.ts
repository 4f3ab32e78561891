import { randomBytes } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { APP_LOGIN, ensureAppLogin } from "./logins";
import { postgresAccount, postgresPrograms, type RunProgram } from "./postgres-binaries";
import { commandLine, isAlive } from "./processes.mjs";

/** A running embedded PostgreSQL. */
export type Postgres = {
  port: number;
  /** True where it was already running, left behind by a start that was killed. */
  adopted: boolean;
  /** Connects as the superuser, who owns every table. */
  url(database: string): string;
  /** Connects as the login of the running app, which owns nothing. */
  appUrl(database: string): string;
  stop(): Promise<void>;
};

type State = { password: string; appPassword: string; port?: number };

const TEMPORARY = "amrutam-postgres-";
const DURABLE = ["-c max_connections=120"];
const FAST_AND_FORGETFUL = [
  "-c fsync=off",
  "-c synchronous_commit=off",
  "-c full_page_writes=off",
  "-c max_connections=200",
];

/**
 * Starts PostgreSQL on `dataDir`, making it first where there is none, and adopts one that still
 * runs there. Callers keep two starts on one folder apart (scripts/lock.ts).
 */
export async function startPostgres(options: {
  dataDir: string;
  /** Fail where none runs, for a command beside an app that is only just starting. */
  onlyAdopt?: boolean;
}): Promise<Postgres> {
  const dataDir = path.resolve(options.dataDir);
  if (options.onlyAdopt && !existsSync(path.join(dataDir, "postgres", "postmaster.pid"))) {
    throw new Error("The app is still starting; try again once it prints its address.");
  }
  return start(dataDir, DURABLE);
}

/**
 * Starts a throw-away PostgreSQL in a temporary folder that `stop` removes: fast and forgetful for
 * tests, or as durable as the app's own for measurements.
 */
export async function startTemporaryPostgres({ isDurable = false } = {}): Promise<Postgres> {
  await removeAbandoned();
  const home = await mkdtemp(path.join(tmpdir(), TEMPORARY));
  await writeFile(path.join(home, "owner.pid"), String(process.pid));
  const server = await start(home, isDurable ? DURABLE : FAST_AND_FORGETFUL);
  const stop = async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  return { ...server, stop };
}

async function start(home: string, settings: string[]): Promise<Postgres> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const data = path.join(home, "postgres");
  const state = await readState(home);
  const account = await postgresAccount(existsSync(data) ? statSync(data) : undefined);
  const run = await postgresPrograms(account);

  if (!existsSync(data)) await initialise(home, data, state.password, account, run);
  const running = await findRunning(data, state.password);
  const port = running ?? (await launch(data, state.port, settings, run));
  await writeState(home, { ...state, port });
  const url = (database: string) => connectionUrl(port, state.password, database);
  await ensureAppLogin(url("postgres"), state.appPassword);

  return {
    port,
    adopted: running !== null,
    url,
    appUrl: (database) => connectionUrl(port, state.appPassword, database, APP_LOGIN),
    stop: () => run("pg_ctl", ["stop", "-D", data, "-m", "fast", "-w"]),
  };
}

const connectionUrl = (port: number, password: string, database: string, login = "postgres") =>
  `postgresql://${login}:${password}@127.0.0.1:${port}/${database}`;

/** The passwords are stored before what they open exists, so they are always known. */
async function readState(home: string): Promise<State> {
  const file = path.join(home, "postgres.json");
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as State) : null;
  const makePassword = () => randomBytes(24).toString("hex");
  const state = { password: makePassword(), appPassword: makePassword(), ...kept };
  await writeState(home, state);
  return state;
}

async function writeState(home: string, state: State): Promise<void> {
  const file = path.join(home, "postgres.json");
  const text = JSON.stringify(state);
  if (existsSync(file) && (await readFile(file, "utf8")) === text) return;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  // Root may start once what belongs to another user, who must be able to read it afterwards.
  const { uid, gid } = statSync(home);
  if (process.getuid?.() === 0) await chown(`${file}.new`, uid, gid);
  await rename(`${file}.new`, file);
}

/** Runs initdb beside the final place and renames: a kill at any moment leaves nothing half made. */
async function initialise(
  home: string,
  data: string,
  password: string,
  account: { uid: number; gid: number } | null,
  run: RunProgram,
): Promise<void> {
  for (const name of await readdir(home)) {
    if (name.startsWith("postgres.init-")) {
      await rm(path.join(home, name), { recursive: true, force: true, maxRetries: 10 });
    }
  }
  const workshop = await mkdtemp(path.join(home, "postgres.init-"));
  const passwordFile = path.join(workshop, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(workshop, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const made = path.join(workshop, "data");
  const locale = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
  await run("initdb", [
    ...["-D", made, "-A", "scram-sha-256", "-U", "postgres"],
    ...["--encoding=UTF8", `--locale=${locale}`, `--pwfile=${passwordFile}`],
  ]);
  await rename(made, data);
  await rm(workshop, { recursive: true, force: true });
}

async function launch(
  data: string,
  remembered: number | undefined,
  settings: string[],
  run: RunProgram,
): Promise<number> {
  const log = path.join(data, "server.log");
  let failure: unknown;
  // Again, because a port may be taken meanwhile and because the backends of a killed postmaster
  // need a moment to notice.
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const port = attempt === 0 && remembered ? remembered : await freePort();
    if (attempt > 0) await sleep(500 * attempt);
    const options = [
      `-p ${port}`,
      "-c listen_addresses=127.0.0.1",
      "-c unix_socket_directories=''",
      "-c timezone=UTC",
      "-c log_timezone=UTC",
      ...settings,
    ];
    try {
      await run("pg_ctl", ["start", "-w", "-D", data, "-l", log, "-o", options.join(" ")]);
      return port;
    } catch (error) {
      failure = error;
    }
  }
  const tail = (await readFile(log, "utf8").catch(() => "")).split("\n").slice(-12).join("\n");
  throw new Error(`PostgreSQL did not start on ${data}.\n${tail}`, { cause: failure });
}

/** A port of 127.0.0.1 that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** The port of the postmaster that holds this folder; null where none does. */
async function findRunning(data: string, password: string): Promise<number | null> {
  const file = path.join(data, "postmaster.pid");
  for (let waited = 0; waited < 60; waited += 0.25) {
    const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
    const pid = Number(lines[0]);
    if (!pid || !isAlive(pid)) return null; // A stale file is PostgreSQL's own business.
    if (!/postgres/.test(commandLine(pid) ?? "postgres")) {
      // The number was given to another program since, which PostgreSQL would take for itself.
      await rm(file, { force: true });
      return null;
    }
    const port = Number(lines[3]);
    if (port && (await answersFor(data, connectionUrl(port, password, "postgres")))) return port;
    await sleep(250);
  }
  throw new Error(
    `A PostgreSQL process holds ${data} but does not answer; stop it and start again.`,
  );
}

async function answersFor(data: string, url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    const [row] = rows;
    return row !== undefined && statSync(row.data_directory).ino === statSync(data).ino;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Clears what killed test runs left in the temporary folder. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(TEMPORARY)) continue;
    const home = path.join(tmpdir(), name);
    const owner = Number(await readFile(path.join(home, "owner.pid"), "utf8").catch(() => "0"));
    if (!owner || isAlive(owner)) continue;
    const data = path.join(home, "postgres");
    if (existsSync(path.join(data, "postmaster.pid"))) {
      const run = await postgresPrograms(await postgresAccount(statSync(data)));
      await run("pg_ctl", ["stop", "-D", data, "-m", "immediate"]).catch(() => undefined);
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}
