import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, isAlive } from "./processes.mjs";

/**
 * Takes a lock file that names this process. A holder that died, however it died, is succeeded.
 * Returns how to let go, or the number of the live process that holds it.
 * @param {string} file
 * @returns {Promise<{ release: () => void } | { heldBy: number }>}
 */
export async function takeLock(file) {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  for (;;) {
    const holder = readHolder(file);
    if (holder) return { heldBy: holder };
    rmSync(file, { force: true });
    if (!create(file)) continue;
    // Two that succeed one dead holder at once may remove each other's file: look once more.
    await sleep(50);
    if (readPid(file) === process.pid) return { release: () => rmSync(file, { force: true }) };
  }
}

/**
 * Makes the file with its content in one step, so that nobody reads it empty.
 * @param {string} file
 */
function create(file) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid), { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * As takeLock, but waits for a live holder to finish.
 * @param {string} file
 * @param {(pid: number) => void} onWait called once, when it has to wait
 * @returns {Promise<() => void>}
 */
export async function waitForLock(file, onWait) {
  for (let told = false; ; told = true) {
    const lock = await takeLock(file);
    if ("release" in lock) return lock.release;
    if (!told) onWait(lock.heldBy);
    await sleep(500);
  }
}

/**
 * The live process, other than this one, that the file names. Its number may have gone to some
 * other program since, so it must look like one of ours.
 * @param {string} file
 */
function readHolder(file) {
  const pid = readPid(file);
  if (!pid || pid === process.pid || !isAlive(pid)) return null;
  return /node|tsx/.test(commandLine(pid) ?? "node") ? pid : null;
}

/** @param {string} file */
function readPid(file) {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0;
  }
}
