import { once } from "node:events";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { endProcess, startProgram, untilAnswers } from "../../scripts/lab/child-process";
import { freePort } from "../../scripts/launcher/postgres";
import { postgresAccount } from "../../scripts/launcher/postgres-binaries";

/** The settings from docs/operations.md for session mode. */
export const DOCUMENTED = {
  pool_mode: "session",
  ignore_startup_parameters: "options",
  server_login_retry: "1",
};

export type PgBouncer = {
  port: number;
  /** Changes a URL so that it goes through the pooler. */
  through: (url: string) => string;
  stop: () => Promise<void>;
};

/**
 * Starts PgBouncer on a free port in front of the server of `urls`.
 * @param urls one for each login that may use the pooler.
 * @param settings of the [pgbouncer] section.
 */
export async function startPgBouncer(
  urls: string[],
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const folder = await mkdtemp(path.join(tmpdir(), "amrutam-pgbouncer-"));
  const port = await freePort();
  const logins = urls.map((url) => new URL(url));
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  await write(
    "users",
    logins.map(({ username, password }) => `"${username}" "${password}"\n`).join(""),
  );
  const section = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: path.join(folder, "users"),
    max_client_conn: "500",
    default_pool_size: "50",
    ...settings,
  };
  const lines = Object.entries(section).map(([name, value]) => `${name} = ${value}\n`);
  const server = `* = host=127.0.0.1 port=${logins[0]?.port}\n`;
  await write("pgbouncer.ini", `[databases]\n${server}[pgbouncer]\n${lines.join("")}`);

  // PgBouncer does not run as root.
  const account = await postgresAccount();
  if (account) await chown(folder, account.uid, account.gid);
  const child = await startProgram(["pgbouncer", path.join(folder, "pgbouncer.ini")], "pgbouncer", {
    stdio: ["ignore", "ignore", "pipe"],
    ...account,
  });
  const printed: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => printed.push(chunk));
  const ended = once(child, "exit").then(() => {
    throw new Error(`PgBouncer ended:\n${Buffer.concat(printed)}`);
  });
  ended.catch(() => undefined);
  await Promise.race([untilAnswers("pgbouncer", () => connectTo(port)), ended]);

  return {
    port,
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    async stop() {
      await endProcess(child, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectTo(port: number): Promise<true> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}
