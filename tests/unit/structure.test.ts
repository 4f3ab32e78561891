import { describe, expect, test } from "vitest";
import { findProblems } from "../../scripts/checks/structure";

const problemsOf = (path: string, text: string) => findProblems([{ path, text }]);
const server = (file: string) => `src/server/${file}`;

describe("the structure check refuses", () => {
  test.each([
    [
      "a page that reads the database",
      "src/app/page.tsx",
      'import { db } from "@/server/platform/db";',
    ],
    [
      "a route that reads the database",
      "src/app/api/x/route.ts",
      'import { db } from "@/server/platform/db";',
    ],
    [
      "a page that calls a command",
      "src/app/a.tsx",
      'import { hold } from "@/server/bookings/commands/hold";',
    ],
    [
      "a page that imports the generated client",
      "src/app/a.tsx",
      'import { X } from "@/generated/prisma/client";',
    ],
    [
      "a page that loads a router at run time",
      "src/app/a.tsx",
      'const x = await import("@/server/trpc/root");',
    ],
    [
      "a router that imports the database",
      server("bookings/router.ts"),
      'import { db } from "../platform/db";',
    ],
    [
      "a router that imports another domain's command",
      server("payments/router.ts"),
      'import { x } from "../bookings/commands/hold";',
    ],
    [
      "a router that exports another router",
      server("payments/router.ts"),
      'export * from "../bookings/router";',
    ],
    [
      "a router that imports tRPC's setup",
      server("bookings/router.ts"),
      'import { t } from "../trpc/init";',
    ],
    [
      "a command that imports next",
      server("bookings/commands/hold.ts"),
      'import { headers } from "next/headers";',
    ],
    [
      "a query that imports tRPC",
      server("bookings/queries.ts"),
      'import { TRPCError } from "@trpc/server";',
    ],
    [
      "a job that imports the tRPC context",
      server("bookings/jobs.ts"),
      'import {\n  a,\n  b,\n} from "../trpc/context";',
    ],
    [
      "a schema that imports the database",
      server("bookings/schema.ts"),
      'import { db } from "../platform/db";',
    ],
    ["rules that import a package", server("bookings/rules.ts"), 'import dayjs from "dayjs";'],
    [
      "rules that import a Node module",
      server("bookings/rules.ts"),
      'import { createHash } from "node:crypto";',
    ],
    [
      "a platform file that imports a domain",
      server("platform/outbox.ts"),
      'import { x } from "@/server/bookings/queries";',
    ],
    [
      "a platform file that imports trpc",
      server("platform/errors.ts"),
      'import { x } from "../trpc/init";',
    ],
    [
      "a domain that imports a later domain",
      server("bookings/commands/hold.ts"),
      'import { x } from "../../payments/ledger";',
    ],
    [
      "a domain that imports a later domain's type",
      server("accounts/queries.ts"),
      'import type { X } from "../doctors/schema";',
    ],
    [
      "a server file that imports a page",
      server("bookings/queries.ts"),
      'import { x } from "@/app/_components/x";',
    ],
    ["a file with an unknown name", server("bookings/helpers.ts"), ""],
    ["a folder with an unknown name", server("bookings/utils/a.ts"), ""],
    ["a folder inside commands", server("bookings/commands/more/a.ts"), ""],
    ["a domain with an unknown name", server("billing/queries.ts"), ""],
    ["an unknown file beside the domains", server("helpers.ts"), ""],
    [
      "a command that calls $transaction",
      server("bookings/commands.ts"),
      "await db.$transaction(work);",
    ],
    ["process.env outside of src/env.ts", "src/app/a.tsx", "const x = process.env.SECRET;"],
    ['process["env"] outside of src/env.ts', "src/app/a.tsx", 'const x = process["env"].SECRET;'],
    ["a suppressed type error", "src/app/a.tsx", "// @ts-expect-error later"],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toHaveLength(1);
  });
});

describe("the structure check allows", () => {
  test.each([
    [
      "a page that imports a schema",
      "src/app/a.tsx",
      'import { holdInput } from "@/server/bookings/schema";',
    ],
    [
      "a page that imports the router's type",
      "src/app/a.tsx",
      'import type { AppRouter } from "@/server/trpc/root";',
    ],
    [
      "a route that imports a handler",
      "src/app/api/trpc/[trpc]/route.ts",
      'import { x } from "@/server/trpc/http";',
    ],
    [
      "a domain that imports an earlier domain",
      server("payments/webhook.ts"),
      'import { x } from "../bookings/commands/confirm";',
    ],
    [
      "a router that imports an earlier domain's schema",
      server("payments/router.ts"),
      'import { x } from "../bookings/schema";',
    ],
    [
      "a schema that imports its domain's rules",
      server("bookings/schema.ts"),
      'import { z } from "zod";\nimport { x } from "./rules";',
    ],
    [
      "main.ts, which imports every domain",
      server("main.ts"),
      'import { x } from "./bookings/jobs";',
    ],
    [
      "$transaction in platform/transaction.ts",
      server("platform/transaction.ts"),
      "db.$transaction(work)",
    ],
    ["process.env in src/env.ts", "src/env.ts", "process.env"],
    ["an import in a comment", server("bookings/rules.ts"), '// import x from "dayjs";'],
    [
      "a variable that is named from",
      server("bookings/schema.ts"),
      'export const from = ["a", "b"];',
    ],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toEqual([]);
  });
});
