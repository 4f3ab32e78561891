import { spawn } from "node:child_process";
import path from "node:path";

const WITH_PARENT = path.join(import.meta.dirname, "run-with-parent.mjs");

/** Its message contains everything that the program printed. */
class CommandError extends Error {
  name = "CommandError";
}

/**
 * Runs a Node program until it ends. Its output is shown only if it fails.
 * @param {string} program the program's JavaScript or TypeScript file
 * @param {string[]} args
 * @param {Record<string, string | undefined>} [env] added to this process's own
 * @returns {Promise<void>}
 */
export function runQuietly(program, args, env) {
  return new Promise((resolve, reject) => {
    const loader = program.endsWith(".ts") ? ["--import", "tsx"] : [];
    const child = spawn(process.execPath, [...loader, WITH_PARENT, program, ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else
        reject(new CommandError(`${path.basename(program)} ${args.join(" ")} failed:\n${output}`));
    });
  });
}
