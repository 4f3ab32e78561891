import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { runIfMain, UserError } from "../launcher/command";
import { ROOT } from "../launcher/setup.mjs";

/** The part of the output of `npm audit --json` that is used here (npm 10 and 11). */
type Report = {
  vulnerabilities?: Record<string, { name: string; severity: string; range: string }>;
  message?: string;
  error?: { summary: string };
};

const SERIOUS = ["high", "critical"];
/** Exit code if a shipped package has a serious advisory. Exit code 1 means that it is not known. */
const FOUND = 2;

/**
 * Asks the registry for advisories of any severity about the shipped packages of a lock file.
 * @throws UserError if the registry does not answer, because then nothing is known.
 */
export async function findAdvisories(folder: string, env: NodeJS.ProcessEnv = process.env) {
  const npm = spawn("npm", ["audit", "--omit=dev", "--json"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [printed] = await Promise.all([text(npm.stdout), once(npm, "exit")]);
  const { vulnerabilities, message, error } = JSON.parse(printed || "{}") as Report;
  if (!vulnerabilities) {
    throw new UserError(
      `The registry did not answer about advisories: ${message ?? error?.summary}`,
    );
  }
  return Object.values(vulnerabilities);
}

await runIfMain(import.meta.url, async () => {
  const found = await findAdvisories(ROOT);
  for (const { name, range, severity } of found) console.log(`${severity}  ${name} ${range}`);
  const serious = found.filter(({ severity }) => SERIOUS.includes(severity)).length;
  console.log(`${found.length} packages with advisories, ${serious} of them high or critical`);
  if (serious > 0) process.exitCode = FOUND;
});
