import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../..");

type Case = [what: string, file: string, statement: string];

const REFUSED: Case[] = [
  ["a page that imports the database", "src/app/page.tsx", 'import "@/server/platform/db";'],
  ["a page by a relative path", "src/app/page.tsx", 'import "../server/platform/db";'],
  [
    "a page that imports a command",
    "src/app/page.tsx",
    'import "@/server/bookings/commands/hold";',
  ],
  [
    "a page that imports the generated client",
    "src/app/page.tsx",
    'import "@/generated/prisma/client";',
  ],
  ["a page that loads a router", "src/app/page.tsx", 'await import("@/server/trpc/root");'],
  [
    "a page that imports a router's value",
    "src/app/page.tsx",
    'import { appRouter } from "@/server/trpc/root";',
  ],
  [
    "a page that imports another type of the root",
    "src/app/page.tsx",
    'import type { X } from "@/server/trpc/root";',
  ],
  ["a route that imports the database", "src/app/api/x/route.ts", 'import "@/server/platform/db";'],
  [
    "the platform that imports a domain",
    "src/server/platform/outbox.ts",
    'import "@/server/bookings/queries";',
  ],
  [
    "the platform that imports a domain by a relative path",
    "src/server/platform/outbox.ts",
    'import "../audit/queries";',
  ],
  [
    "the platform that imports tRPC's folder",
    "src/server/platform/outbox.ts",
    'import "../trpc/init";',
  ],
  [
    "the job engine that imports a domain",
    "src/server/job-engine/run.ts",
    'import "../job-admin/queries";',
  ],
  [
    "a router that imports the database",
    "src/server/payments/router.ts",
    'import "../platform/db";',
  ],
  [
    "a router that imports a command of another domain",
    "src/server/payments/router.ts",
    'import "../bookings/commands/hold";',
  ],
  [
    "a router that imports another router",
    "src/server/payments/router.ts",
    'export * from "../bookings/router";',
  ],
  [
    "a router that imports tRPC's instance",
    "src/server/payments/router.ts",
    'import "../trpc/init";',
  ],
  [
    "a router that imports a page",
    "src/server/payments/router.ts",
    'import "@/app/_components/x";',
  ],
  [
    "a router in a folder that imports the database",
    "src/server/bookings/router/hold.ts",
    'import "@/server/platform/db";',
  ],
  ["a command that imports next", "src/server/bookings/commands/hold.ts", 'import "next/headers";'],
  [
    "a command that imports the tRPC context",
    "src/server/bookings/commands/hold.ts",
    'import "../../trpc/context";',
  ],
  ["a query that imports tRPC", "src/server/bookings/queries.ts", 'import "@trpc/server";'],
  [
    "a query that imports a page",
    "src/server/bookings/queries.ts",
    'import "@/app/_components/x";',
  ],
  ["a job that imports tRPC's folder", "src/server/bookings/jobs.ts", 'import "../trpc/context";'],
  [
    "a domain's own file that imports tRPC",
    "src/server/accounts/session.ts",
    'import "@trpc/server";',
  ],
  [
    "a schema that imports the database",
    "src/server/bookings/schema.ts",
    'import "../platform/db";',
  ],
  ["rules that import a package", "src/server/bookings/rules.ts", 'import "dayjs";'],
  ["rules that import a module of Node", "src/server/bookings/rules.ts", 'import "node:crypto";'],
  ["a launcher that imports a check", "scripts/launcher/a.ts", 'import "../checks/b";'],
  ["a check that imports a command of the operator", "scripts/checks/b.ts", 'import "../cli/c";'],
  [
    "a command of the operator that imports the lab",
    "scripts/cli/c.ts",
    'import "../lab/chaos/main";',
  ],
  [
    "a command of the operator that imports a test",
    "scripts/cli/c.ts",
    'import "../../tests/support/http";',
  ],
  ["a cycle of two files in src", "src/server/bookings/commands/one.ts", 'import "./two";'],
  ["a cycle of two files in scripts", "scripts/lab/one.ts", 'import "./two";'],
  ["a cycle of two files in tests", "tests/support/one.ts", 'import "./two";'],
];

const ALLOWED: Case[] = [
  ["a page that imports a schema", "src/app/page.tsx", 'import "@/server/bookings/schema";'],
  [
    "a page that imports the router's type",
    "src/app/page.tsx",
    'import type { AppRouter } from "@/server/trpc/root";',
  ],
  [
    "a page that imports the session helper",
    "src/app/page.tsx",
    'import "@/server/accounts/nextauth";',
  ],
  [
    "a route that imports an HTTP adapter",
    "src/app/api/x/route.ts",
    'import "@/server/trpc/http";',
  ],
  [
    "a domain that imports an earlier domain",
    "src/server/payments/webhook.ts",
    'import "../bookings/commands/confirm";',
  ],
  [
    "a router that imports a schema of an earlier domain",
    "src/server/payments/router.ts",
    'import "../bookings/schema";',
  ],
  [
    "a router that imports its procedures",
    "src/server/payments/router.ts",
    'import "../trpc/procedures";',
  ],
  [
    "a router that imports its own command",
    "src/server/payments/router.ts",
    'import "./commands/refund";',
  ],
  [
    "a router in a folder that imports its own command",
    "src/server/bookings/router/hold.ts",
    'import "../commands/hold";',
  ],
  [
    "a schema that imports zod and rules",
    "src/server/bookings/schema.ts",
    'import "zod"; import "./rules";',
  ],
  ["the server's main file that imports a job", "src/server/main.ts", 'import "./bookings/jobs";'],
  ["the lab that imports a test", "scripts/lab/a.ts", 'import "../../tests/support/http";'],
  ["the lab that imports a check", "scripts/lab/a.ts", 'import "../checks/b";'],
];

const BACK = ["src/server/bookings/commands/two.ts", "scripts/lab/two.ts", "tests/support/two.ts"];

// biome.json is tested on files in a temporary folder. Each case is a line of its file, and
// `found` has the lines that Biome refuses, as `file:line`.
const folder = await realpath(await mkdtemp(path.join(tmpdir(), "amrutam-imports-")));
const files = new Map<string, string[]>(BACK.map((file) => [file, ['import "./one";']]));
const places = new Map<Case, string>();
const found = new Set<string>();

beforeAll(async () => {
  for (const example of [...REFUSED, ...ALLOWED]) {
    const [, file, statement] = example;
    const lines = files.get(file) ?? [];
    files.set(file, lines);
    places.set(example, `${file}:${lines.push(statement)}`);
  }
  await cp(path.join(ROOT, "biome.json"), path.join(folder, "biome.json"));
  await writeFile(path.join(folder, ".gitignore"), "node_modules/\n");
  for (const [file, lines] of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), `${lines.join("\n")}\n`);
  }
  const biome = path.join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  const rules = ["--only=style/noRestrictedImports", "--only=suspicious/noImportCycles"];
  const args = [biome, "lint", "--reporter=github", "--max-diagnostics=none", ...rules];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  for (const [, file, line] of output.matchAll(/file=([^,]+),line=(\d+)/g)) {
    found.add(`${path.relative(folder, file ?? "").replaceAll(path.sep, "/")}:${line}`);
  }
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("Biome refuses", () => {
  test.each(REFUSED.map((example) => ({ example, what: example[0] })))("$what", ({ example }) => {
    expect(found).toContain(places.get(example));
  });
});

describe("Biome accepts", () => {
  test.each(ALLOWED.map((example) => ({ example, what: example[0] })))("$what", ({ example }) => {
    expect(found).not.toContain(places.get(example));
  });
});
