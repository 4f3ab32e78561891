import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Whether a process with this id exists, whichever user owns it.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * The command line of a process, or null if the operating system does not show it.
 * @param {number} pid
 * @returns {string | null}
 */
export function commandLine(pid) {
  try {
    if (process.platform === "linux") {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    }
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  } catch {
    return null;
  }
}

/**
 * The parent of a process, or 0 if there is none or the operating system does not show it.
 * @param {number} pid
 * @returns {number}
 */
export function parentOf(pid) {
  try {
    if (process.platform === "linux") {
      return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    }
    return Number(execFileSync("ps", ["-p", String(pid), "-o", "ppid="], { encoding: "utf8" }));
  } catch {
    return 0;
  }
}
