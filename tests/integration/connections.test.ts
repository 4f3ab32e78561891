import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { env } from "@/env";
import { PrismaClient } from "@/generated/prisma/client";
import { db } from "@/server/platform/db";
import { isConnectionLoss, sqlState } from "@/server/platform/errors";
import type { Tx } from "@/server/platform/transaction";
import { sql } from "../support/database";
import { makePatient } from "../support/factories";
import { failureOf, reasonOf } from "../support/failures";

/** Ends the database session of a transaction, as a network failure or an administrator would. */
async function endSession(tx: Tx) {
  const [row] = await tx.$queryRaw<Array<{ pid: number }>>`SELECT pg_backend_pid() AS pid`;
  await sql("SELECT pg_terminate_backend($1)", [row?.pid]);
}

describe("a database connection that is lost or not available", () => {
  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ["before a model call", (tx) => tx.user.count()],
    ["before raw SQL", (tx) => tx.$queryRaw`SELECT 1`],
    ["before COMMIT", async () => undefined],
  ])("is reported as TRY_AGAIN if it is lost %s", async (_when, next) => {
    const error = await failureOf(async (tx) => {
      await endSession(tx);
      await next(tx);
    });
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
    // The pool drops the lost connection, at the latest when a call uses it.
    const query = () => db.$queryRaw`SELECT 1 AS one`.catch(() => null);
    await expect.poll(query).toEqual([{ one: 1 }]);
  });

  test("is reported as TRY_AGAIN if the process stalled in a transaction", async () => {
    const error = await failureOf(async (tx) => {
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 50`;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await tx.$queryRaw`SELECT 1`;
    });
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  test.each([
    ["a port without a server", "postgresql://nobody@127.0.0.1:1/none"],
    ["a host that does not exist", "postgresql://nobody@no-such-host.invalid/none"],
  ])("is reported as TRY_AGAIN if it leads to %s", async (_what, connectionString) => {
    const nowhere = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
    const error: unknown = await nowhere.user.count().catch((reason: unknown) => reason);
    await nowhere.$disconnect();
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  // The driver adapter does not recognise these errors as a lost connection, and passes them on unchanged.
  test.each([
    Object.assign(new Error("write EPIPE"), { code: "EPIPE", syscall: "write" }),
    Object.assign(new Error("read EHOSTUNREACH"), { code: "EHOSTUNREACH", syscall: "read" }),
    new Error("Client was closed and is not queryable"),
    new Error("timeout expired"),
  ])("is reported as TRY_AGAIN if a call fails with: $message", async (loss) => {
    const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 1 });
    pool.query = (() => Promise.reject(loss)) as unknown as typeof pool.query;
    const broken = new PrismaClient({ adapter: new PrismaPg(pool) });
    const ofModel: unknown = await broken.user.count().catch((reason: unknown) => reason);
    const ofRaw: unknown = await broken.$queryRaw`SELECT 1`.catch((reason: unknown) => reason);
    await broken.$disconnect();
    await pool.end();
    expect([reasonOf(ofModel), reasonOf(ofRaw)]).toEqual(["TRY_AGAIN", "TRY_AGAIN"]);
  });

  test("is reported as TRY_AGAIN if the pool is exhausted", async () => {
    const pool = { connectionString: env.DATABASE_URL, max: 1, connectionTimeoutMillis: 500 };
    const narrow = new PrismaClient({ adapter: new PrismaPg(pool) });
    const connected = () => narrow.$queryRaw`SELECT 1`.then(Boolean, () => false);
    await expect.poll(connected, { timeout: 20_000 }).toBe(true);
    const busy = narrow.$queryRaw`SELECT pg_sleep(2)::text`.then(() => "done");
    const error: unknown = await narrow.user.count().catch((reason: unknown) => reason);
    expect(await busy).toBe("done");
    await narrow.$disconnect();
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });
});

describe("a timeout", () => {
  test("of a statement is reported as TRY_AGAIN", async () => {
    const error = await failureOf(async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 50`;
      await tx.$queryRaw`SELECT pg_sleep(5)::text`;
    });
    expect(sqlState(error)).toBe("57014");
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  test("of a lock is reported as TRY_AGAIN", async () => {
    const { id } = await makePatient();
    const error = await failureOf(async (holder) => {
      await holder.$executeRaw`UPDATE users SET name = 'Held' WHERE id = ${id}::uuid`;
      throw await failureOf(async (tx) => {
        await tx.$executeRaw`SET LOCAL lock_timeout = 50`;
        await tx.user.update({ where: { id }, data: { name: "Mine" } });
      });
    });
    expect(sqlState(error)).toBe("55P03");
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });
});
