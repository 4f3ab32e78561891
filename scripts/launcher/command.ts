import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Something that the user can mend; shown without a stack. */
export class UserError extends Error {}

/** Errors of places that cannot import this one, whose messages need no stack either. */
const SPEAKING = ["EnvironmentError", "CommandError", "UnsafeConnectionError"];

/** Prints an error: the message alone where it says all that the user needs. */
export function printError(error: unknown): void {
  const isPlain =
    error instanceof UserError || (error instanceof Error && SPEAKING.includes(error.name));
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === "EACCES" && path) {
    console.error(`\n${path} belongs to another user. Start as that user, or set DATA_DIR.`);
  } else {
    console.error(isPlain ? `\n${error.message}` : error);
  }
}

/** Runs `work` where the module at `url` is what the command line named, as opposed to imported. */
export async function runIfMain(url: string, work: () => Promise<void>): Promise<void> {
  const [, script] = process.argv;
  if (!script || realpathSync(script) !== realpathSync(fileURLToPath(url))) return;
  await work().catch((error: unknown) => {
    printError(error);
    process.exitCode = 1;
  });
}
