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

/** Kills the session that a transaction runs in, as a failing network or an administrator would. */
async function cutOff(tx: Tx) {
  const [row] = await tx.$queryRaw<Array<{ pid: number }>>`SELECT pg_backend_pid() AS pid`;
  await sql("SELECT pg_terminate_backend($1)", [row?.pid]);
}

describe("a connection that is lost", () => {
  test.each<[string, (tx: Tx) => Promise<unknown>]>([
    ["before a model call", (tx) => tx.user.count()],
    ["before raw SQL", (tx) => tx.$queryRaw`SELECT 1`],
    ["before COMMIT", async () => undefined],
  ])("%s asks to try again", async (_when, next) => {
    const error = await failureOf(async (tx) => {
      await cutOff(tx);
      await next(tx);
    });
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
    // The pool drops what was lost, at the latest when a call runs into it.
    const ask = () => db.$queryRaw`SELECT 1 AS one`.catch(() => null);
    await expect.poll(ask).toEqual([{ one: 1 }]);
  });

  test("because the process stalled inside its transaction: try again", async () => {
    const error = await failureOf(async (tx) => {
      await tx.$executeRaw`SET LOCAL idle_in_transaction_session_timeout = 50`;
      await new Promise((resolve) => setTimeout(resolve, 200));
      await tx.$queryRaw`SELECT 1`;
    });
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  test.each([
    ["a database that nobody serves", "postgresql://nobody@127.0.0.1:1/none"],
    ["a host that is none", "postgresql://nobody@no-such-host.invalid/none"],
  ])("to %s: try again", async (_what, connectionString) => {
    const nowhere = new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
    const error: unknown = await nowhere.user.count().catch((reason: unknown) => reason);
    await nowhere.$disconnect();
    expect(isConnectionLoss(error)).toBe(true);
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  // What the driver adapter passes on as it came: it knows fewer ways to lose a socket than there are.
  test.each([
    Object.assign(new Error("write EPIPE"), { code: "EPIPE", syscall: "write" }),
    Object.assign(new Error("read EHOSTUNREACH"), { code: "EHOSTUNREACH", syscall: "read" }),
    new Error("Client was closed and is not queryable"),
    new Error("timeout expired"),
  ])("under a call ($message): try again", async (loss) => {
    const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 1 });
    pool.query = (() => Promise.reject(loss)) as unknown as typeof pool.query;
    const broken = new PrismaClient({ adapter: new PrismaPg(pool) });
    const ofModel: unknown = await broken.user.count().catch((reason: unknown) => reason);
    const ofRaw: unknown = await broken.$queryRaw`SELECT 1`.catch((reason: unknown) => reason);
    await broken.$disconnect();
    await pool.end();
    expect([reasonOf(ofModel), reasonOf(ofRaw)]).toEqual(["TRY_AGAIN", "TRY_AGAIN"]);
  });

  test("a pool whose connections stay in use: try again", async () => {
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

describe("what takes too long", () => {
  test("a statement: try again", async () => {
    const error = await failureOf(async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 50`;
      await tx.$queryRaw`SELECT pg_sleep(5)::text`;
    });
    expect(sqlState(error)).toBe("57014");
    expect(reasonOf(error)).toBe("TRY_AGAIN");
  });

  test("a lock: try again", async () => {
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
