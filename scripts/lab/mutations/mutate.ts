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
import { MUTATIONS } from "./list";
import { type Mutation, testFile } from "./mutation";

// npm run mutate: applies each mutation to a copy of the sources and expects tests to fail.
// npm run mutate -- mfa audit-verify: only the mutations that name one of these tests.

const TEST_TIMEOUT_MS = 10 * 60_000;
const MOST_NAMED = 3;

/** Copies the tracked and the new files as they are on disk, and links node_modules. */
function copySources(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "amrutam-mutate-"));
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT });
  const files = listed.toString().split("\n").filter(Boolean);
  for (const file of [...files, "src/generated"]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    // `force`: git still lists a file whose deletion is not committed.
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
/** `failed`: names of tests, or of a file that failed as a whole. */
type Outcome = { passed: number; failed: string[] };

async function runTests(folder: string, tests: string[]): Promise<Outcome> {
  const report = path.join(folder, "report.json");
  rmSync(report, { force: true });
  const vitest = path.join(ROOT, "node_modules", "vitest", "vitest.mjs");
  const options = ["run", "--reporter=json", `--outputFile=${report}`];
  const child = spawn(process.execPath, [vitest, ...options, ...tests.map(testFile)], {
    cwd: folder,
    stdio: "ignore",
    timeout: TEST_TIMEOUT_MS,
    env: { ...process.env, NODE_ENV: "test" },
  });
  await once(child, "exit");
  const { numPassedTests, testResults } = readReport(report);
  const failed = testResults.flatMap(({ name, status, assertionResults }) => {
    const names = assertionResults
      .filter((test) => test.status === "failed")
      .map(({ fullName }) => fullName);
    return status === "failed" && names.length === 0 ? [path.basename(name)] : names;
  });
  return { passed: numPassedTests, failed };
}

function readReport(file: string): Report {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch (error) {
    throw new Error("vitest wrote no report: it crashed or ran out of time", { cause: error });
  }
}

/** Applies a mutation, runs the tests that must fail, and restores the source. */
async function testMutation(folder: string, mutation: Mutation): Promise<Outcome> {
  const file = path.join(folder, mutation.file);
  const source = readFileSync(file, "utf8");
  const parts = source.split(mutation.find);
  if (parts.length !== 2) {
    throw new Error(`"${mutation.defect}" no longer fits ${mutation.file}: rewrite the mutation`);
  }
  writeFileSync(file, parts.join(mutation.replace));
  try {
    return await runTests(folder, mutation.tests);
  } finally {
    writeFileSync(file, source);
  }
}

function describeOutcome({ passed, failed }: Outcome): string {
  if (failed.length === 0) return `NOT DETECTED (${passed} tests passed)`;
  const more = failed.length > MOST_NAMED ? [`… and ${failed.length - MOST_NAMED} more`] : [];
  return [`${failed.length} failed`, ...failed.slice(0, MOST_NAMED), ...more].join("\n      ");
}

await runIfMain(import.meta.url, async () => {
  await setUp(console.log);
  const named = process.argv.slice(2);
  const chosen = MUTATIONS.filter(
    ({ tests }) => named.length === 0 || tests.some((name) => named.includes(name)),
  );
  const folder = copySources();
  let problems = 0;
  try {
    for (const mutation of chosen) {
      const outcome = await testMutation(folder, mutation);
      if (outcome.failed.length === 0) problems++;
      console.log(`• ${mutation.defect}: ${describeOutcome(outcome)}`);
    }
    const all = [...new Set(chosen.flatMap(({ tests }) => tests))];
    const { passed, failed } = await runTests(folder, all);
    console.log(
      `• without any mutation: ${passed} passed, ${failed.length} failed ${failed.join("; ")}`,
    );
    if (failed.length > 0 || passed === 0) problems++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${chosen.length} mutations, ${problems} problems`);
  process.exit(problems > 0 ? 1 : 0);
});
