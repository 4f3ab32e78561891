import { describe, expect, test } from "vitest";
import { findProblems } from "../../scripts/checks/structure";

const problemsOf = (path: string, text: string) => findProblems([{ path, text }]);
const server = (file: string) => `src/server/${file}`;

describe("refused", () => {
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
      "a router on the database",
      server("bookings/router.ts"),
      'import { db } from "../platform/db";',
    ],
    [
      "a router on another domain's command",
      server("payments/router.ts"),
      'import { x } from "../bookings/commands/hold";',
    ],
    [
      "a router on another router",
      server("payments/router.ts"),
      'export * from "../bookings/router";',
    ],
    [
      "a router on tRPC's inside",
      server("bookings/router.ts"),
      'import { t } from "../trpc/init";',
    ],
    [
      "a command on next",
      server("bookings/commands/hold.ts"),
      'import { headers } from "next/headers";',
    ],
    ["a query on tRPC", server("bookings/queries.ts"), 'import { TRPCError } from "@trpc/server";'],
    [
      "a job on the context",
      server("bookings/jobs.ts"),
      'import {\n  a,\n  b,\n} from "../trpc/context";',
    ],
    [
      "a schema on the database",
      server("bookings/schema.ts"),
      'import { db } from "../platform/db";',
    ],
    ["rules on a package", server("bookings/rules.ts"), 'import dayjs from "dayjs";'],
    ["rules on node", server("bookings/rules.ts"), 'import { createHash } from "node:crypto";'],
    [
      "platform on a domain",
      server("platform/outbox.ts"),
      'import { x } from "@/server/bookings/queries";',
    ],
    ["platform on tRPC's room", server("platform/errors.ts"), 'import { x } from "../trpc/init";'],
    [
      "a domain on a later one",
      server("bookings/commands/hold.ts"),
      'import { x } from "../../payments/ledger";',
    ],
    [
      "a later domain's type",
      server("accounts/queries.ts"),
      'import type { X } from "../doctors/schema";',
    ],
    [
      "the server on a page",
      server("bookings/queries.ts"),
      'import { x } from "@/app/_components/x";',
    ],
    ["a file of no known name", server("bookings/helpers.ts"), ""],
    ["a folder of no known name", server("bookings/utils/a.ts"), ""],
    ["a folder two deep", server("bookings/commands/more/a.ts"), ""],
    ["a domain of no known name", server("billing/queries.ts"), ""],
    ["a file beside the rooms", server("helpers.ts"), ""],
    ["a transaction of one's own", server("bookings/commands.ts"), "await db.$transaction(work);"],
    ["the environment read elsewhere", "src/app/a.tsx", "const x = process.env.SECRET;"],
    ["the environment read by key", "src/app/a.tsx", 'const x = process["env"].SECRET;'],
    ["a silenced type", "src/app/a.tsx", "// @ts-expect-error later"],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toHaveLength(1);
  });
});

describe("allowed", () => {
  test.each([
    ["a page's schema", "src/app/a.tsx", 'import { holdInput } from "@/server/bookings/schema";'],
    ["the router's type", "src/app/a.tsx", 'import type { AppRouter } from "@/server/trpc/root";'],
    [
      "a route's handler",
      "src/app/api/trpc/[trpc]/route.ts",
      'import { x } from "@/server/trpc/http";',
    ],
    [
      "an earlier domain",
      server("payments/webhook.ts"),
      'import { x } from "../bookings/commands/confirm";',
    ],
    [
      "an earlier domain's schema",
      server("payments/router.ts"),
      'import { x } from "../bookings/schema";',
    ],
    [
      "a sibling's rules",
      server("bookings/schema.ts"),
      'import { z } from "zod";\nimport { x } from "./rules";',
    ],
    ["the composition", server("main.ts"), 'import { x } from "./bookings/jobs";'],
    ["the one transaction", server("platform/transaction.ts"), "db.$transaction(work)"],
    ["the one environment", "src/env.ts", "process.env"],
    [
      "an import that a comment speaks of",
      server("bookings/rules.ts"),
      '// import x from "dayjs";',
    ],
    ["a word in a string", server("bookings/schema.ts"), 'export const from = ["a", "b"];'],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toEqual([]);
  });
});
