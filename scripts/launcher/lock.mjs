import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commandLine, isAlive } from "./processes.mjs";

/**
 * Takes a lock by a file that contains this process's id. The lock of a dead process is replaced.
 * Returns a function that releases the lock, or the id of the running process that holds it.
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
    // Two processes that replace the same dead holder may remove each other's file: check again.
    await sleep(50);
    if (readPid(file) === process.pid) return { release: () => rmSync(file, { force: true }) };
  }
}

/**
 * Creates the file and its content in one step, so that no process reads an empty file.
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
 * Like takeLock, but waits until a running holder has released the lock.
 * @param {string} file
 * @param {(pid: number) => void} onWait called once, if it has to wait
 * @returns {Promise<() => void>}
 */
export async function waitForLock(file, onWait) {
  for (let isReported = false; ; isReported = true) {
    const lock = await takeLock(file);
    if ("release" in lock) return lock.release;
    if (!isReported) onWait(lock.heldBy);
    await sleep(500);
  }
}

/**
 * The running process, other than this one, whose id is in the file. The operating system may have
 * given that id to another program, so the command line must look like Node.
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
