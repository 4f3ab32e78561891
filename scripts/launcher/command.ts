import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** An error that the user can correct. Its message is shown without a stack. */
export class UserError extends Error {}

/** Errors of modules that cannot import this one. They are shown without a stack too. */
const SHOWN_WITHOUT_STACK = ["EnvironmentError", "CommandError", "UnsafeConnectionError"];

/** Prints an error, without its stack if the user can correct it. */
export function printError(error: unknown): void {
  const isPlain =
    error instanceof UserError ||
    (error instanceof Error && SHOWN_WITHOUT_STACK.includes(error.name));
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "EACCES" && path) {
    console.error(`\n${path} belongs to another user. Start as that user, or set DATA_DIR.`);
  } else {
    console.error(isPlain ? `\n${error.message}` : error);
  }
}

/** Runs `work` if the command line started the module at `url`, and not if it was imported. */
export async function runIfMain(url: string, work: () => Promise<void>): Promise<void> {
  const [, script] = process.argv;
  if (!script || realpathSync(script) !== realpathSync(fileURLToPath(url))) return;
  await work().catch((error: unknown) => {
    printError(error);
    process.exitCode = 1;
  });
}
