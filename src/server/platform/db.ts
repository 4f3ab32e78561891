import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { env } from "@/env";
import { PrismaClient } from "@/generated/prisma/client";
import { UnsafeConnectionError } from "./connection";
import { sqlState } from "./errors";
import { logger } from "./logger";
import { CheckedPool } from "./pool";

/** As long as transactions queue: a burst that can be served in that time is served. */
export const CONNECTION_WAIT_MS = 10_000;

const names = new Map<string, string>();

/** What opens a transaction, in one go. Several statements at once cannot be prepared. */
const opening = (isolationLevel: string) =>
  `SET TRANSACTION ISOLATION LEVEL ${isolationLevel}; SET LOCAL enable_seqscan = off`;

/** Prepared statements: one name per SQL text, so the planner's work is done once a connection. */
function statementName({ sql }: { sql: string }): string {
  const known = names.get(sql);
  if (known) return known;
  if (sql.includes(";")) return "";
  const name = createHash("sha1").update(sql).digest("base64url");
  if (names.size < 1000) names.set(sql, name);
  return name;
}

/**
 * A hot standby refuses Serializable as an unsupported feature (0A000). What opens a transaction can
 * fail with that code for no other reason, so it becomes the code of a read-only database.
 */
function asReadOnly(error: unknown): unknown {
  if (sqlState(error) !== "0A000") return error;
  return new DriverAdapterError({
    kind: "postgres",
    code: "25006",
    originalCode: "25006",
    severity: "ERROR",
    message: (error as Error).message,
    detail: undefined,
    column: undefined,
    hint: undefined,
  });
}

/**
 * Has transactions look things up by index, however small the table. Serializable takes a table that
 * was scanned for read as a whole, and all who wrote in it meanwhile for rivals: of 3,000 bookings
 * with nothing in common, 50 at a time, 6 % gave up after twelve tries each.
 */
class IndexReadingPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const tx = await begin();
      if (!isolationLevel) return tx;
      try {
        await tx.executeRaw({ sql: opening(isolationLevel), args: [], argTypes: [] });
        return tx;
      } catch (error) {
        await tx.executeRaw({ sql: "ROLLBACK", args: [], argTypes: [] }).catch(() => undefined);
        await tx.rollback();
        throw asReadOnly(error);
      }
    };
    return adapter;
  }
}

function connect() {
  const pool = new CheckedPool(env.DATABASE_URL, env.STRICT_DB_ROLE, {
    max: env.DATABASE_POOL_MAX,
    // Counts the wait for a turn as well: with 2 s, a burst on a busy machine was answered with 503.
    connectionTimeoutMillis: CONNECTION_WAIT_MS,
    idleTimeoutMillis: 30_000,
    application_name: "amrutam",
  });
  // Between the pool's listener and the adapter's a lent connection has none, and Node ends the
  // process over an error that nobody hears: one cut in that moment took the app down with it.
  pool.on("connect", (client) => client.on("error", () => undefined));
  // The pool hangs the whole client on the error: statements, settings and a cancel key.
  pool.on("error", ({ message }) => logger.warn({ why: message }, "idle database connection lost"));
  const adapter = new IndexReadingPg(pool, {
    // In transaction mode the next call meets another server connection, without the statement.
    statementNameGenerator: (query) => (pool.pooling === "transaction" ? "" : statementName(query)),
    onConnectionError: (error) => logger.warn({ err: error }, "database connection lost"),
  });
  return { pool, prisma: new PrismaClient({ adapter }) };
}

// main.ts and Next's bundles each load this module; they share one pool through the global object.
const shared = globalThis as typeof globalThis & { amrutamDb?: ReturnType<typeof connect> };

function current() {
  shared.amrutamDb ??= connect();
  return shared.amrutamDb;
}

/** The Prisma client: reads, and single writes that need no transaction. Connects at first use. */
export const db: PrismaClient = new Proxy({} as PrismaClient, {
  get: (_target, name) => Reflect.get(current().prisma, name),
});

/**
 * Opens the first connection. @throws UnsafeConnectionError where the app must not serve; a database
 * that cannot be reached may come back, so that is left to the calls.
 */
export async function checkDatabase(): Promise<void> {
  try {
    (await current().pool.connect()).release();
  } catch (error) {
    if (error instanceof UnsafeConnectionError) throw error;
    logger.warn({ why: (error as Error).message }, "the database cannot be reached yet");
  }
}

/** How many connections are open, idle and waited for. */
export function poolState() {
  const { totalCount, idleCount, waitingCount } = current().pool;
  return { total: totalCount, idle: idleCount, waiting: waitingCount };
}

/** Closes the pool; a later use opens a new one. */
export async function closeDb(): Promise<void> {
  const open = shared.amrutamDb;
  shared.amrutamDb = undefined;
  if (!open) return;
  await open.prisma.$disconnect();
  if (!open.pool.ended) await open.pool.end();
}
