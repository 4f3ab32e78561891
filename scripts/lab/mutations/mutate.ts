import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runIfMain } from "../../launcher/command";
import { ROOT, setUp } from "../../launcher/setup.mjs";
import { MUTATIONS, type Mutation } from "./list";

// npm run mutate: takes each guard away in turn, in a copy of the sources, and sees tests fail.
// npm run mutate -- mfa audit: only the guards whose tests are named.

const LONGEST_MS = 10 * 60_000;
const MOST_NAMED = 3;

/** Copies what git knows of, as it is now, and links the packages: nothing here installs any. */
function copySources(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "amrutam-mutate-"));
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT });
  const files = listed.toString().split("\n").filter(Boolean);
  for (const file of [...files, "src/generated"]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    // A file that was deleted and not yet committed is still listed.
    cpSync(path.join(ROOT, file), path.join(folder, file), { recursive: true, force: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "dir");
  return folder;
}

type Report = {
  numPassedTests: number;
  testResults: Array<{
    name: string;
    status: string;
    message: string;
    assertionResults: Array<{ status: string; fullName: string }>;
  }>;
};
type Outcome = { passed: number; red: string[] };

/** Runs test files. @returns the names of the tests, or files, that failed. */
async function runTests(folder: string, tests: string[]): Promise<Outcome> {
  const report = path.join(folder, "report.json");
  rmSync(report, { force: true });
  const vitest = path.join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const files = tests.map((name) =>
    name.includes("/") ? `tests/${name}.test.ts` : `tests/integration/${name}.test.ts`,
  );
  const child = spawn(
    process.execPath,
    [...[vitest, "run", "--reporter=json"], ...[`--outputFile=${report}`, ...files]],
    {
      cwd: folder,
      stdio: "ignore",
      timeout: LONGEST_MS,
      env: { ...process.env, NODE_ENV: "test" },
    },
  );
  await once(child, "exit");
  const { numPassedTests, testResults } = readReport(report);
  const red = testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    const asFile = status === "failed" && failed.length === 0 ? [path.basename(name)] : [];
    return [...failed.map(({ fullName }) => fullName), ...asFile];
  });
  return { passed: numPassedTests, red };
}

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (error) {
    throw new Error("the tests did not run to their end", { cause: error });
  }
}

/** Applies a mutation for as long as `work` takes. */
async function mutated<T>(folder: string, mutation: Mutation, work: () => Promise<T>): Promise<T> {
  const file = path.join(folder, mutation.file);
  const source = readFileSync(file, "utf8");
  const parts = source.split(mutation.find);
  if (parts.length !== 2) {
    throw new Error(`"${mutation.says}" no longer fits ${mutation.file}: rewrite the mutation`);
  }
  writeFileSync(file, parts.join(mutation.replace));
  try {
    return await work();
  } finally {
    writeFileSync(file, source);
  }
}

function describeRed({ passed, red }: Outcome): string {
  if (red.length === 0) return `STAYED GREEN (${passed} passed)`;
  const more = red.length > MOST_NAMED ? [`… and ${red.length - MOST_NAMED} more`] : [];
  return [`${red.length} red`, ...red.slice(0, MOST_NAMED), ...more].join("\n      ");
}

await runIfMain(import.meta.url, async () => {
  await setUp(console.log);
  const named = process.argv.slice(2);
  const chosen = MUTATIONS.filter(
    ({ tests }) => named.length === 0 || tests.some((name) => named.includes(name)),
  );
  const folder = copySources();
  let survivors = 0;
  try {
    for (const mutation of chosen) {
      const outcome = await mutated(folder, mutation, () => runTests(folder, mutation.tests));
      if (outcome.red.length === 0) survivors++;
      console.log(`• ${mutation.says}: ${describeRed(outcome)}`);
    }
    const all = [...new Set(chosen.flatMap(({ tests }) => tests))];
    const { passed, red } = await runTests(folder, all);
    console.log(`• nothing taken away: ${passed} passed, ${red.length} red ${red.join("; ")}`);
    if (red.length > 0 || passed === 0) survivors++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${chosen.length} mutations, ${survivors} problems`);
  process.exit(survivors > 0 ? 1 : 0);
});
