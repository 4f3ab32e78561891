import { beforeAll, describe, expect, test, vi } from "vitest";
import { CALLERS, type Caller, expectedOf, RULES, TARGETS, type Target } from "../support/access";
import { inputOf, makeWorld, personOf, tokenOf, type World } from "../support/access-world";
import { sql } from "../support/database";
import { callOver, PROCEDURES, reasonOf, TRANSPORTS, type Transport } from "../support/endpoints";
import type { Answer } from "../support/http";
import { INTERNALS } from "../support/refusals";

vi.hoisted(() => {
  process.env.REQUIRE_MFA = "patient,doctor,admin";
});

let world: World;
beforeAll(async () => {
  world = await makeWorld();
}, 120_000);

type Cell = { caller: Caller; target: Target; transport: Transport };
const REFUSALS = ["NOT_SIGNED_IN", "ROLE_REQUIRED", "MFA_ENROLMENT_REQUIRED"];

/** Returns the reason of a refusal, or "let in" if the procedure ran. A fault or invalid input returns the whole answer. */
function outcomeOf(path: string, answer: Answer): string {
  const reason = reasonOf(answer);
  const isFault = answer.status >= 500 || reason === "INVALID_INPUT" || INTERNALS.test(answer.text);
  if (isFault) return `${answer.status} ${answer.text}`;
  const isRefusal = REFUSALS.includes(reason ?? "");
  return reason && (isRefusal || (RULES[path]?.names && reason === "NOT_FOUND"))
    ? reason
    : "let in";
}

async function callAs(path: string, { caller, target, transport }: Cell) {
  const rule = RULES[path] ?? { for: "anyone" };
  // A call that is let in may end its session, so it gets a session of its own.
  const isFresh = expectedOf(rule, caller, target) === "let in";
  const token = await tokenOf(world, rule, caller, isFresh);
  return callOver(transport, path, await inputOf(world, rule, caller, target), token);
}

function cellsOf(path: string): Cell[] {
  const targets = RULES[path]?.names ? TARGETS : (["own"] as const);
  return CALLERS.flatMap((caller) =>
    targets.flatMap((target) => TRANSPORTS.map((transport) => ({ caller, target, transport }))),
  );
}

/** Makes all calls of a procedure that must be let in (or must be refused), and compares their outcomes. */
async function expectAsDeclared(path: string, letIn: boolean): Promise<void> {
  const rule = RULES[path] ?? { for: "anyone" };
  const actual: Record<string, string> = {};
  const expected: Record<string, string> = {};
  const check = async (cell: Cell) => {
    const wanted = expectedOf(rule, cell.caller, cell.target);
    const answer = (wanted === "let in") === letIn ? await callAs(path, cell) : null;
    if (!answer) return;
    const label = `${cell.caller}, ${cell.target}, ${cell.transport}`;
    actual[label] = outcomeOf(path, answer);
    expected[label] = wanted;
  };
  // Refused calls change nothing, so they run at once. Calls that are let in run one after another.
  if (!letIn) await Promise.all(cellsOf(path).map(check));
  else for (const cell of cellsOf(path)) await check(cell);
  expect(actual).toEqual(expected);
}

test("the access rules name every procedure, and nothing else", () => {
  expect(Object.keys(RULES).sort()).toEqual(PROCEDURES);
});

/** Returns all rows, except of the tables that a refused call may write. */
async function rowsOfOtherTables(): Promise<Record<string, unknown>> {
  const written = [
    "audit",
    "refusals",
    "idempotency_keys",
    "sessions",
    "refresh_tokens",
    "_prisma",
  ];
  const tables = await sql<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition ORDER BY 1`,
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables) {
    if (written.some((prefix) => name.startsWith(prefix))) continue;
    const [row] = await sql(
      `SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') AS all FROM ${name} t`,
    );
    rows[name] = row?.all;
  }
  return rows;
}

describe("a caller without access", () => {
  let before: Record<string, unknown>;
  beforeAll(async () => {
    before = await rowsOfOtherTables();
  });

  test.each(PROCEDURES)("is refused by %s", (path) => expectAsDeclared(path, false), 60_000);

  const named = PROCEDURES.filter((path) => {
    const { names, whose = "owner" } = RULES[path] ?? {};
    return names && whose !== "everybody";
  });
  test.each(named)(
    "gets the same answer from %s for another person's object as for an unknown id",
    async (path) => {
      const rule = RULES[path] ?? { for: "anyone" };
      for (const caller of CALLERS) {
        if (expectedOf(rule, caller, "another's") !== "NOT_FOUND") continue;
        for (const transport of TRANSPORTS) {
          const [theirs, absent] = [
            await callAs(path, { caller, target: "another's", transport }),
            await callAs(path, { caller, target: "absent", transport }),
          ].map((answer) => {
            const id = answer?.headers.get("x-request-id") ?? "none";
            const headers = Object.fromEntries(answer?.headers ?? []);
            return {
              status: answer?.status,
              text: answer?.text.replaceAll(id, ""),
              headers: { ...headers, "x-request-id": "" },
            };
          });
          expect(theirs).toEqual(absent);
        }
      }
    },
  );

  test("changes no row", async () => {
    expect(await rowsOfOtherTables()).toEqual(before);
  });

  test("is recorded in the audit log with the procedure and the reason", async () => {
    const rows = await sql<{ actor: string; path: string; reason: string }>(
      `SELECT DISTINCT actor_id AS actor, entity_id AS path, detail->>'reason' AS reason
         FROM audit_logs WHERE action = 'access.denied'`,
    );
    const found = rows.map(({ actor, path, reason }) => `${actor} ${path} ${reason}`);
    const wanted = PROCEDURES.flatMap((path) => {
      const rule = RULES[path] ?? { for: "anyone" };
      return CALLERS.flatMap((caller) => {
        const reason = expectedOf(rule, caller, "own");
        if (!["ROLE_REQUIRED", "MFA_ENROLMENT_REQUIRED"].includes(reason)) return [];
        return `${personOf(world, caller, rule.for)?.id} ${path} ${reason}`;
      });
    });
    expect(found.sort()).toEqual([...new Set(wanted)].sort());
  });
});

describe("a caller with access", () => {
  test.each(PROCEDURES)("is let in by %s", (path) => expectAsDeclared(path, true), 60_000);
});
