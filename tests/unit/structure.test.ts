import { describe, expect, test } from "vitest";
import { findProblems } from "../../scripts/checks/structure";
import { findForeignWrites, parseOwnership } from "../../scripts/checks/table-owners";

const problemsOf = (path: string, text: string) => findProblems([{ path, text }]);
const server = (file: string) => `src/server/${file}`;

// Biome checks the other import rules: import-rules.test.ts.
describe("the structure check refuses", () => {
  test.each([
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
      "a domain that imports a later domain over several lines",
      server("accounts/queries.ts"),
      'import {\n  a,\n  b,\n} from "@/server/doctors/queries";',
    ],
    [
      "a domain that loads a later domain",
      server("accounts/queries.ts"),
      'const x = await import("../doctors/queries");',
    ],
    [
      "a domain that exports a later domain",
      server("accounts/queries.ts"),
      'export * from "../doctors/queries";',
    ],
    ["a file with an unknown name", server("bookings/helpers.ts"), ""],
    ["a folder with an unknown name", server("bookings/utils/a.ts"), ""],
    ["a folder inside of a folder", server("bookings/commands/more/a.ts"), ""],
    ["an unknown domain", server("billing/queries.ts"), ""],
    ["an unknown file beside the domains", server("helpers.ts"), ""],
    [
      "a second place that opens transactions",
      server("bookings/commands.ts"),
      "db.$transaction(x)",
    ],
    [
      "a job that is not made with createJob",
      server("bookings/jobs.ts"),
      "inngest.createFunction(options, work)",
    ],
    ["a silenced compiler error", "src/app/a.tsx", "// @ts-expect-error later"],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toHaveLength(1);
  });
});

describe("the structure check accepts", () => {
  test.each([
    [
      "a domain that imports an earlier domain",
      server("payments/webhook.ts"),
      'import { x } from "../bookings/commands/confirm";',
    ],
    ["src/server/main.ts that imports a domain", server("main.ts"), 'import "./bookings/jobs";'],
    [
      "the file that opens transactions",
      server("platform/transaction.ts"),
      "db.$transaction(work)",
    ],
    [
      "an import inside of a comment",
      server("accounts/queries.ts"),
      '// import x from "../doctors/queries";',
    ],
    ["the word from in a value", server("accounts/queries.ts"), 'const from = ["../doctors/x"];'],
  ])("%s", (_name, path, text) => {
    expect(problemsOf(path, text)).toEqual([]);
  });
});

describe("the check of table owners", () => {
  const models = new Map([
    ["booking", "bookings"],
    ["ledgerEntry", "ledger_entries"],
  ]);
  const page = (exceptions = "") =>
    `| owner | tables |\n| --- | --- |\n| \`bookings\` | \`bookings\` |\n| \`payments\` | \`ledger_entries\` |\n${exceptions}`;
  const check = (path: string, text: string, pageText = page()) =>
    findForeignWrites([{ path: server(path), text }], parseOwnership(pageText), models);

  test.each([
    "INSERT INTO ledger_entries (id)",
    'INSERT INTO "ledger_entries" (id)',
    "WITH x AS (\n  UPDATE ledger_entries l SET amount = 1)",
    "UPDATE ONLY ledger_entries SET amount = 1",
    "delete from ledger_entries",
    "TRUNCATE ledger_entries",
    "await tx.ledgerEntry.createMany({ data })",
    "await tx.ledgerEntry\n  .updateManyAndReturn({ data })",
    "await tx.ledgerEntry.upsert({ where })",
    "await db.ledgerEntry.delete({ where })",
  ])("refuses %j outside of the owner's folder", (statement) => {
    expect(check("bookings/commands.ts", statement)).toEqual([
      expect.stringContaining("bookings/commands.ts: writes ledger_entries, which payments owns"),
    ]);
    expect(check("payments/ledger.ts", statement)).toEqual([]);
  });

  test.each([
    "SELECT amount FROM ledger_entries FOR UPDATE",
    "INSERT INTO bookings (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2",
    "await db.ledgerEntry.findMany({ where })",
    "// UPDATE ledger_entries",
  ])("accepts %j in another folder", (statement) => {
    expect(check("bookings/commands.ts", statement)).toEqual([]);
  });

  test("accepts a listed exception, and refuses it once it is not needed", () => {
    const listed = page("| `bookings/commands.ts` | `ledger_entries` | why |\n");
    expect(check("bookings/commands.ts", "UPDATE ledger_entries SET", listed)).toEqual([]);
    expect(check("bookings/commands.ts", "SELECT 1", listed)).toEqual([
      expect.stringContaining("remove this exception"),
    ]);
  });

  test("refuses a table without an owner, and an owner of an unknown table", () => {
    const other = page().replace("ledger_entries", "ledgers");
    expect(check("bookings/commands.ts", "", other)).toEqual([
      expect.stringContaining(
        "ledger_entries: docs/decisions/0017-table-ownership.md names no owner",
      ),
      expect.stringContaining("ledgers: docs/decisions/0017-table-ownership.md names it"),
    ]);
  });
});
