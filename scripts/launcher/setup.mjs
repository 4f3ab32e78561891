import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { waitForLock } from "./lock.mjs";
import { runQuietly } from "./run.mjs";

// This file imports only modules of Node, because it runs before any package is installed.

export const ROOT = path.resolve(import.meta.dirname, "../..");
const OLDEST_NODE = [20, 19];
const CLIENT = path.join(ROOT, "src", "generated", "prisma");
const CLIENT_STAMP = path.join(CLIENT, ".stamp");

/**
 * Prepares the checkout to run TypeScript: installs the locked packages and generates Prisma's
 * client. If both are up to date, this takes some milliseconds.
 * @param {(line: string) => void} say
 */
export async function setUp(say) {
  requireNode();
  process.chdir(ROOT);
  if (isInstalled() && isGenerated()) return;
  const release = await waitForLock(path.join(ROOT, ".setup.lock"), (pid) =>
    say(`Waiting until process ${pid} has set up this folder`),
  );
  try {
    if (!isInstalled()) {
      say("Installing packages (only the first time; about a minute)");
      await install();
    }
    if (!isGenerated()) {
      say("Generating the database client");
      await generate();
    }
  } finally {
    release();
  }
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.version}.`);
}

/** npm writes .package-lock.json last, so it names a package only if all packages are installed. */
function isInstalled() {
  const installed = readPackages(path.join(ROOT, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  const wanted = readPackages(path.join(ROOT, "package-lock.json")) ?? {};
  return Object.entries(wanted).every(([folder, { version, integrity, optional }]) => {
    const found = installed[folder];
    // A missing optional package is for another platform. The entry "" is the app itself.
    if (!found) return folder === "" || optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/**
 * @param {string} lockfile
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | null}
 */
function readPackages(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, "utf8")).packages : null;
}

async function install() {
  // npm ci would empty the folder that the link points to, which belongs to another checkout.
  const packages = path.join(ROOT, "node_modules");
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new Error(
      "node_modules is a link, and packages are missing. Remove it, or run npm ci in the folder that it points to.",
    );
  }
  // The build needs development packages too, whatever the value of NODE_ENV is.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  await runQuietly(findNpm(), args);
}

function findNpm() {
  const { npm_execpath: running = "" } = process.env;
  if (/npm-cli\.c?js$/.test(running)) return running;
  const home = path.dirname(realpathSync(process.execPath));
  const places = ["../lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"];
  const found = places.map((place) => path.join(home, place)).find(existsSync);
  if (!found) throw new Error("Packages are missing, and npm was not found. Run npm ci.");
  return found;
}

const isGenerated = () =>
  existsSync(CLIENT_STAMP) && readFileSync(CLIENT_STAMP, "utf8") === clientStamp();

/** Hashes the inputs of the generated client: the schema and Prisma's version. */
function clientStamp() {
  const hash = createHash("sha256");
  hash.update(readFileSync(path.join(ROOT, "node_modules", "prisma", "package.json")));
  const folder = path.join(ROOT, "prisma", "schema");
  for (const name of readdirSync(folder).sort()) {
    hash.update(name).update(readFileSync(path.join(folder, name)));
  }
  return hash.digest("hex");
}

async function generate() {
  const stamp = clientStamp();
  await runQuietly(path.join(ROOT, "node_modules", "prisma", "build", "index.js"), ["generate"], {
    // Prevents the CLI from downloading its native engine, which `generate` does not use.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  });
  mkdirSync(CLIENT, { recursive: true });
  writeFileSync(CLIENT_STAMP, stamp);
}
