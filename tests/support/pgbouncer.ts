import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../scripts/launcher/postgres";
import { postgresAccount } from "../../scripts/launcher/postgres-binaries";

const MISSING = [
  "The tests of a pooler need PgBouncer, and this machine has none. This brings one:",
  "  apt-get update && apt-get install -y pgbouncer     (Debian; as root)",
].join("\n");

/** The settings that docs/operations.md names for session mode. */
export const DOCUMENTED = {
  pool_mode: "session",
  ignore_startup_parameters: "options",
  server_login_retry: "1",
};

export type PgBouncer = {
  port: number;
  /** The same database and login as a URL names, through the pooler. */
  through: (url: string) => string;
  stop: () => Promise<void>;
};

/**
 * A PgBouncer of this machine in front of the server that `urls` name, on a free port.
 * @param urls one for each login that may come through it. @param settings of its [pgbouncer] section.
 */
export async function startPgBouncer(
  urls: string[],
  settings: Record<string, string> = {},
): Promise<PgBouncer> {
  const folder = await mkdtemp(path.join(tmpdir(), "amrutam-pgbouncer-"));
  const port = await freePort();
  const logins = urls.map((url) => new URL(url));
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  await write("users", logins.map((one) => `"${one.username}" "${one.password}"\n`).join(""));
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

  // Like PostgreSQL, it refuses to run as root.
  const account = await postgresAccount();
  if (account) await chown(folder, account.uid, account.gid);
  const child = spawn("pgbouncer", [path.join(folder, "pgbouncer.ini")], {
    stdio: ["ignore", "ignore", "pipe"],
    ...account,
  });
  const printed: Buffer[] = [];
  child.stderr.on("data", (chunk: Buffer) => printed.push(chunk));
  const failed = once(child, "error").then(([error]) => {
    throw (error as NodeJS.ErrnoException).code === "ENOENT" ? new Error(MISSING) : error;
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`PgBouncer ended:\n${Buffer.concat(printed)}`);
  });
  for (const outcome of [failed, ended]) outcome.catch(() => undefined);
  await Promise.race([untilOpen(port), failed, ended]);

  return {
    port,
    through: (url) => Object.assign(new URL(url), { port: String(port) }).href,
    async stop() {
      const gone = once(child, "close");
      child.kill("SIGKILL");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error("PgBouncer was started and does not answer");
}
