import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setUp } from "../launcher/setup.mjs";

// npm test runs every part. npm test -- lint unit runs the named parts.

/**
 * @typedef {object} Part
 * @property {string} what
 * @property {string[][]} [commands]
 * @property {string} [project] of Vitest
 * @property {string[]} [files] of the project; all files if none are named
 * @property {Record<string, string>} [env]
 * @property {boolean} [isOnDemand] runs only if it is named
 */

const BIN = {
  biome: "node_modules/@biomejs/biome/bin/biome",
  knip: "node_modules/knip/bin/knip.js",
  next: "node_modules/next/dist/bin/next",
  tsc: "node_modules/typescript/bin/tsc",
  vitest: "node_modules/vitest/vitest.mjs",
};

/** Tests that use the database in different ways: races, lost connections, money, sign-in. */
const THROUGH_POOLER = ["booking-races", "transaction", "connections", "webhook", "auth"];

/** @type {Record<string, Part>} */
const PARTS = {
  lint: { what: "Lint and format", commands: [[BIN.biome, "check", "--error-on-warnings"]] },
  types: {
    what: "Types",
    commands: [
      [BIN.next, "typegen"],
      [BIN.tsc, "--noEmit"],
    ],
  },
  structure: {
    what: "Import cycles, order of domains, file names and table owners",
    commands: [
      // Not in biome.json: this rule reads every file, which would slow down each check of one file.
      [BIN.biome, "lint", "--only=suspicious/noImportCycles", "--error-on-warnings"],
      ["--import", "tsx", "scripts/checks/check-structure.ts"],
    ],
  },
  unused: { what: "Unused files, exports and dependencies", commands: [[BIN.knip]] },
  schema: {
    what: "Schema, migrations and schema.sql agree",
    commands: [["--import", "tsx", "scripts/checks/check-schema.ts"]],
  },
  unit: { what: "Unit tests", project: "unit" },
  integration: { what: "Integration tests on PostgreSQL", project: "integration" },
  pgbouncer: {
    what: "Integration tests through PgBouncer in session mode",
    project: "integration",
    files: THROUGH_POOLER.map((name) => `tests/integration/${name}.test.ts`),
    env: { THROUGH_PGBOUNCER: "1" },
  },
  "pgbouncer-all": {
    what: "All integration tests through PgBouncer in session mode",
    project: "integration",
    env: { THROUGH_PGBOUNCER: "1" },
    isOnDemand: true,
  },
  chaos: {
    what: "A minute of chaos without a violated invariant",
    commands: [["--import", "tsx", "scripts/lab/chaos/main.ts", "--seed", "1", "--minutes", "1"]],
  },
  rolling: {
    what: "A rolling restart behind nginx without a failed request",
    commands: [
      ["--import", "tsx", "scripts/lab/rolling/main.ts", "--requests", "1000", "--restarts", "1"],
    ],
  },
  build: { what: "Build", commands: [["--import", "tsx", "scripts/launcher/build.ts"]] },
  e2e: { what: "End to end in Chromium", project: "e2e" },
};

/**
 * @param {string[]} args of node. @param {Record<string, string>} [more] environment
 * @returns {Promise<boolean>} whether it ended with code 0
 */
async function run(args, more) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: undefined, ...more };
  const child = spawn(process.execPath, args, { stdio: "inherit", env });
  const [code] = await once(child, "exit");
  return code === 0;
}

/**
 * Runs a Vitest project and counts its tests. A file that fails outside of its tests counts as one
 * failed test, and so does a run that fails outside of its files.
 * @param {string} project
 * @param {Part} part
 */
async function runTests(project, { files = [], env }) {
  const folder = mkdtempSync(path.join(tmpdir(), "amrutam-report-"));
  const report = path.join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const isGreen = await run(
      [BIN.vitest, "run", "--project", project, ...reporters, ...files],
      env,
    );
    const { numPassedTests: passed, numFailedTests, testResults } = readReport(report);
    const broken = testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && assertionResults.every((test) => test.status !== "failed"),
    );
    const failed = numFailedTests + broken.length;
    return { passed, failed: isGreen ? failed : Math.max(1, failed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {{ numPassedTests: number, numFailedTests: number, testResults:
 *   { status: string, assertionResults: { status: string }[] }[] }}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

/** @param {string[][]} commands the steps of the check; the first failure ends it */
async function runCheck(commands) {
  for (const command of commands) {
    if (!(await run(command))) return { passed: 0, failed: 1 };
  }
  return { passed: 1, failed: 0 };
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(
    `Unknown part: ${unknown.join(", ")}. The parts are ${Object.keys(PARTS).join(", ")}.`,
  );
  process.exit(2);
}

await setUp((line) => console.log(`• ${line}`));

let passed = 0;
let failed = 0;
const failures = [];
for (const [name, part] of Object.entries(PARTS)) {
  const { what, commands, project } = part;
  if (asked.length > 0 ? !asked.includes(name) : part.isOnDemand) continue;
  console.log(`\n── ${what} (${name}) ──`);
  const startedAt = performance.now();
  const result = project ? await runTests(project, part) : await runCheck(commands ?? []);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${result.failed === 0 ? "ok" : "FAILED"} after ${seconds} s`);
  passed += result.passed;
  failed += result.failed;
  if (result.failed > 0) failures.push(`${what}: npm test -- ${name}`);
}

if (failures.length > 0)
  console.log(`\nFailed parts, and the commands that run them again:\n  ${failures.join("\n  ")}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
