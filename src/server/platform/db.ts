import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { env } from "@/env";
import { PrismaClient } from "@/generated/prisma/client";
import { UnsafeConnectionError } from "./connection";
import { sqlState } from "./errors";
import { logger } from "./logger";
import { CheckedPool } from "./pool";

/** How long a transaction or a query waits for a connection, so that short bursts are served. */
export const CONNECTION_WAIT_MS = 10_000;

const names = new Map<string, string>();

/** The statements at the start of a transaction, in one message. It cannot be prepared. */
const openingSql = (isolationLevel: string) =>
  `SET TRANSACTION ISOLATION LEVEL ${isolationLevel}; SET LOCAL enable_seqscan = off`;

/** Names prepared statements: one name for each SQL text, so that each connection plans it once. */
function statementName({ sql }: { sql: string }): string {
  const known = names.get(sql);
  if (known) return known;
  if (sql.includes(";")) return "";
  const name = createHash("sha1").update(sql).digest("base64url");
  if (names.size < 1000) names.set(sql, name);
  return name;
}

/**
 * Translates the error with which a hot standby refuses Serializable (0A000, unsupported feature) into
 * that of a read-only database. The opening statements fail with this code for no other reason.
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
 * Makes transactions use indexes even for small tables. After a sequential scan, Serializable treats the
 * whole table as read and every concurrent write to it as a conflict: of 3,000 unrelated bookings, 50
 * at a time, 6 % failed after twelve tries.
 */
class IndexReadingPg extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    const begin = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => {
      const tx = await begin();
      if (!isolationLevel) return tx;
      try {
        await tx.executeRaw({ sql: openingSql(isolationLevel), args: [], argTypes: [] });
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
    // Includes the wait for a free connection: with 2 s, a burst on a busy machine got 503.
    connectionTimeoutMillis: CONNECTION_WAIT_MS,
    idleTimeoutMillis: 30_000,
    application_name: "amrutam",
  });
  // A checked-out client briefly has no error listener. Add one: an unhandled 'error' event would end
  // the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  // Log the message only: the pool attaches the whole client, with its statements and a cancel key.
  pool.on("error", ({ message }) => logger.warn({ why: message }, "idle database connection lost"));
  const adapter = new IndexReadingPg(pool, {
    // In transaction mode the next call may get a server connection without the prepared statement.
    statementNameGenerator: (query) => (pool.pooling === "transaction" ? "" : statementName(query)),
    onConnectionError: (error) => logger.warn({ err: error }, "database connection lost"),
  });
  return { pool, prisma: new PrismaClient({ adapter }) };
}

// main.ts and Next's bundles load separate copies of this module. The global object shares the pool.
const shared = globalThis as typeof globalThis & { amrutamDb?: ReturnType<typeof connect> };

function current() {
  shared.amrutamDb ??= connect();
  return shared.amrutamDb;
}

/** The Prisma client, for reads and for single writes that need no transaction. Connects at first use. */
export const db: PrismaClient = new Proxy({} as PrismaClient, {
  get: (_target, name) => Reflect.get(current().prisma, name),
});

/**
 * Opens the first connection. Only logs a warning if the database is unreachable, because that may be
 * temporary.
 * @throws UnsafeConnectionError if the app must not use this connection.
 */
export async function checkDatabase(): Promise<void> {
  try {
    (await current().pool.connect()).release();
  } catch (error) {
    if (error instanceof UnsafeConnectionError) throw error;
    logger.warn({ why: (error as Error).message }, "the database is not reachable yet");
  }
}

/** Returns how many connections are open and idle, and how many callers wait for one. */
export function poolState() {
  const { totalCount, idleCount, waitingCount } = current().pool;
  return { total: totalCount, idle: idleCount, waiting: waitingCount };
}

/** Closes the pool. A later use opens a new pool. */
export async function closeDb(): Promise<void> {
  const open = shared.amrutamDb;
  shared.amrutamDb = undefined;
  if (!open) return;
  await open.prisma.$disconnect();
  if (!open.pool.ended) await open.pool.end();
}
