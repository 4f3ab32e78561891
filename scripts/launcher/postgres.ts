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
  /** True if it was already running, because the process that started it was killed. */
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
const NOT_DURABLE = [
  "-c fsync=off",
  "-c synchronous_commit=off",
  "-c full_page_writes=off",
  "-c max_connections=200",
];

/**
 * Starts PostgreSQL on `dataDir`. Creates the cluster if there is none, and uses a server that still
 * runs there. The caller holds the lock of the folder (scripts/launcher/lock.mjs).
 */
export async function startPostgres(options: {
  dataDir: string;
  /** Fails if no server runs, for a command that runs while the app is starting. */
  onlyAdopt?: boolean;
}): Promise<Postgres> {
  const dataDir = path.resolve(options.dataDir);
  if (options.onlyAdopt && !existsSync(path.join(dataDir, "postgres", "postmaster.pid"))) {
    throw new Error("The app is still starting. Try again when it has printed its address.");
  }
  return start(dataDir, DURABLE);
}

/**
 * Starts a PostgreSQL in a temporary folder that `stop` removes. It is not durable, which makes
 * tests fast. For measurements, `isDurable` gives it the settings of the app's own server.
 */
export async function startTemporaryPostgres({ isDurable = false } = {}): Promise<Postgres> {
  await removeAbandoned();
  const home = await mkdtemp(path.join(tmpdir(), TEMPORARY));
  await writeFile(path.join(home, "owner.pid"), String(process.pid));
  const server = await start(home, isDurable ? DURABLE : NOT_DURABLE);
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

/** Stores the passwords before the accounts exist, so that a killed start does not lose them. */
async function readState(home: string): Promise<State> {
  const file = path.join(home, "postgres.json");
  const stored = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as State) : null;
  const makePassword = () => randomBytes(24).toString("hex");
  const state = { password: makePassword(), appPassword: makePassword(), ...stored };
  await writeState(home, state);
  return state;
}

async function writeState(home: string, state: State): Promise<void> {
  const file = path.join(home, "postgres.json");
  const text = JSON.stringify(state);
  if (existsSync(file) && (await readFile(file, "utf8")) === text) return;
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  // If root starts on the folder of another user, that user must be able to read the file later.
  const { uid, gid } = statSync(home);
  if (process.getuid?.() === 0) await chown(`${file}.new`, uid, gid);
  await rename(`${file}.new`, file);
}

/** Runs initdb in a temporary folder and renames it, so that a kill leaves no half-made cluster. */
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
  const draft = await mkdtemp(path.join(home, "postgres.init-"));
  const passwordFile = path.join(draft, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(draft, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const cluster = path.join(draft, "data");
  const locale = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
  await run("initdb", [
    ...["-D", cluster, "-A", "scram-sha-256", "-U", "postgres"],
    ...["--encoding=UTF8", `--locale=${locale}`, `--pwfile=${passwordFile}`],
  ]);
  await rename(cluster, data);
  await rm(draft, { recursive: true, force: true });
}

async function launch(
  data: string,
  remembered: number | undefined,
  settings: string[],
  run: RunProgram,
): Promise<number> {
  const log = path.join(data, "server.log");
  let failure: unknown;
  // Several attempts: another program may take the port in the meantime, and the backends of a
  // killed postmaster need a moment to end.
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

/** Finds a port of 127.0.0.1 on which no program listens at this moment. */
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

/** The port of the server that runs on this folder, or null if there is none. */
async function findRunning(data: string, password: string): Promise<number | null> {
  const file = path.join(data, "postmaster.pid");
  for (let waited = 0; waited < 60; waited += 0.25) {
    const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
    const pid = Number(lines[0]);
    if (!pid || !isAlive(pid)) return null; // PostgreSQL replaces a stale file itself.
    if (!/postgres/.test(commandLine(pid) ?? "postgres")) {
      // Another program has this process id now, and PostgreSQL would mistake it for a postmaster.
      await rm(file, { force: true });
      return null;
    }
    const port = Number(lines[3]);
    if (port && (await runsOn(data, connectionUrl(port, password, "postgres")))) return port;
    await sleep(250);
  }
  throw new Error(
    `A PostgreSQL process uses ${data} but does not answer. Stop it and start again.`,
  );
}

async function runsOn(data: string, url: string): Promise<boolean> {
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

/** Stops and removes the servers that killed test runs left in the temporary folder. */
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
