import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { poolState } from "@/server/platform/db";
import { AppError } from "@/server/platform/errors";
import { canonicalJson, type WriteScope, writeOnce } from "@/server/platform/idempotency";
import { emit } from "@/server/platform/outbox";
import { inTransaction, type Tx } from "@/server/platform/transaction";
import { sql } from "../support/database";
import { makePatient } from "../support/factories";
import { raceOf, valuesOf } from "../support/race";

const raise = (tx: Tx, state: string) =>
  tx.$executeRawUnsafe(`DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = '${state}'; END $$`);

/** Runs work that fails `failures` times with a SQLSTATE. @returns how often it ran, and its outcome. */
async function triesOf(state: string, failures: number) {
  let tries = 0;
  const outcome = await inTransaction(async (tx) => {
    tries += 1;
    if (tries <= failures) await raise(tx, state);
    return "done";
  }).catch((error: unknown) => error);
  return { tries, outcome };
}

describe("a transaction", () => {
  test.each(["40001", "40P01"])("runs again after %s", async (state) => {
    expect(await triesOf(state, 3)).toEqual({ tries: 4, outcome: "done" });
  });

  test("gives up after twelve tries with TRY_AGAIN", async () => {
    const { tries, outcome } = await triesOf("40001", Number.POSITIVE_INFINITY);
    expect(tries).toBe(12);
    expect(outcome).toMatchObject({ reason: "TRY_AGAIN", data: { retryAfterSeconds: 1 } });
  });

  test.each(["23505", "23P01", "22012", "55P03"])("does not run again after %s", async (state) => {
    expect((await triesOf(state, 1)).tries).toBe(1);
  });

  test("that throws leaves no event in the outbox", async () => {
    const bookingId = randomUUID();
    const refused = inTransaction(async (tx) => {
      await emit(tx, { name: "booking/expired", data: { bookingId } });
      throw new AppError("SLOT_TAKEN");
    });
    await expect(refused).rejects.toThrow("SLOT_TAKEN");
    expect(await sql("SELECT 1 FROM outbox WHERE data->>'bookingId' = $1", [bookingId])).toEqual(
      [],
    );
  });

  test("waits for its turn: 100 increments of one counter at once all succeed, and leave the pool idle", async () => {
    const { id } = await makePatient("0");
    const outcomes = await raceOf(100, () =>
      inTransaction(
        (tx) =>
          tx.$executeRaw`UPDATE users SET name = (name::int + 1)::text WHERE id = ${id}::uuid`,
      ),
    );
    expect(valuesOf(outcomes)).toHaveLength(100);
    expect(await sql("SELECT name FROM users WHERE id = $1", [id])).toEqual([{ name: "100" }]);
    const { total, idle, waiting } = poolState();
    expect({ busy: total - idle, waiting }).toEqual({ busy: 0, waiting: 0 });
  });
});

describe("a write with an idempotency key", () => {
  const scopeOf = async (): Promise<WriteScope> => {
    const { id } = await makePatient();
    return { userId: id, procedure: "test.write", key: randomUUID() };
  };
  const endConnection = async (tx: Tx) => {
    const [row] = await tx.$queryRaw<Array<{ pid: number }>>`SELECT pg_backend_pid() AS pid`;
    await sql("SELECT pg_terminate_backend($1)", [row?.pid]);
  };

  test("whose connection is lost before COMMIT is rolled back, and its key is not stored", async () => {
    const scope = await scopeOf();
    const lost = writeOnce(scope, {}, async (tx) => {
      await endConnection(tx);
      return 1;
    });
    await expect(lost).rejects.toThrow("TRY_AGAIN");
    expect(await writeOnce(scope, {}, async () => 2)).toEqual({ value: 2, replayed: false });
  });

  test("whose connection is lost after COMMIT replays the committed answer", async () => {
    const scope = await scopeOf();
    const lost = await writeOnce(scope, {}, async (tx) => {
      // This is the state after a COMMIT whose answer was lost: the row exists, the connection is closed.
      await writeOnce(scope, {}, async () => "committed");
      await endConnection(tx);
      return "lost";
    });
    expect(lost).toEqual({ value: "committed", replayed: true });
  });

  test("stores a final refusal, but not a TRY_AGAIN", async () => {
    const scope = await scopeOf();
    const refuse = (reason: "TRY_AGAIN" | "SLOT_TAKEN") =>
      writeOnce(scope, {}, async () => {
        throw new AppError(reason);
      });
    await expect(refuse("TRY_AGAIN")).rejects.toMatchObject({ replayed: false });
    await expect(refuse("SLOT_TAKEN")).rejects.toMatchObject({ replayed: false });
    const again = writeOnce(scope, {}, async () => "now free");
    await expect(again).rejects.toMatchObject({ reason: "SLOT_TAKEN", replayed: true });
  });

  test("runs again under another key, procedure or person, and is refused with another body", async () => {
    const scope = await scopeOf();
    const write = (other: Partial<WriteScope>, input: object, value: number) =>
      writeOnce({ ...scope, ...other }, input, async () => value);
    expect((await write({}, { a: 1, b: 2 }, 1)).value).toBe(1);
    expect(await write({}, { b: 2, a: 1 }, 2)).toEqual({ value: 1, replayed: true });
    expect((await write({ key: "other" }, { a: 1, b: 2 }, 3)).value).toBe(3);
    expect((await write({ procedure: "test.other" }, { a: 1, b: 2 }, 4)).value).toBe(4);
    expect((await write(await scopeOf(), { a: 1, b: 2 }, 5)).value).toBe(5);
    await expect(write({}, { a: 1 }, 6)).rejects.toThrow("IDEMPOTENCY_MISMATCH");
  });
});

describe("the canonical JSON of a request body", () => {
  test("does not depend on the order of fields, at any depth", () => {
    const first = { a: 1, b: { c: [{ x: 1, y: 2 }], d: null } };
    const second = { b: { d: null, c: [{ y: 2, x: 1 }] }, a: 1 };
    expect(canonicalJson(first)).toBe('{"a":1,"b":{"c":[{"x":1,"y":2}],"d":null}}');
    expect(canonicalJson(second)).toBe(canonicalJson(first));
  });

  test.each<[unknown, unknown]>([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: "1" }, { a: 1 }],
    [{ a: null }, {}],
    [{ a: [] }, { a: {} }],
    [{ a: { b: 1 } }, { a: 1, b: 1 }],
    [{ a: "é" }, { a: "e\u0301" }],
  ])("is different for %j and %j", (first, second) => {
    expect(canonicalJson(first)).not.toBe(canonicalJson(second));
  });
});
