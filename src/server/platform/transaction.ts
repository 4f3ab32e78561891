import { setTimeout as sleep } from "node:timers/promises";
import { env } from "@/env";
import type { Prisma } from "@/generated/prisma/client";
import { CONNECTION_WAIT_MS, db } from "./db";
import { AppError, fromDatabase, sqlState } from "./errors";
import { transactionGiveUps, transactionTries } from "./metrics";

/** A running Serializable transaction. A write that other writes compose takes one as a parameter. */
export type Tx = Prisma.TransactionClient;

const MAX_TRIES = 12;
/** No try starts later than this. Twelve slow tries would take longer than any caller waits. */
const LAST_TRY_MS = 20_000;

/** The queue of transactions. They do not wait at the pool, so that reads always get a connection. */
const waiting: Array<() => void> = [];
let running = 0;

async function enter(): Promise<void> {
  if (running < Math.max(1, env.DATABASE_POOL_MAX - 2)) {
    running++;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const admitted = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(admitted), 1);
      reject(new AppError("TRY_AGAIN", { retryAfterSeconds: 2 }));
    }, CONNECTION_WAIT_MS);
    waiting.push(admitted);
  });
}

/** Starts the next transaction of the queue. */
function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else running--;
}

/** Whether the whole transaction can run again: a serialization failure (40001) or a deadlock (40P01). */
function isRetryable(error: unknown): boolean {
  const state = sqlState(error);
  return state === "40001" || state === "40P01";
}

async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  await enter();
  try {
    return await db.$transaction(work, {
      isolationLevel: "Serializable",
      maxWait: CONNECTION_WAIT_MS,
      timeout: 10_000,
    });
  } finally {
    leave();
  }
}

/**
 * Runs `work` in one Serializable transaction, and again after a serialization failure. `work` may run
 * several times, so its only effects must be through `tx`. It must never catch a database error: the
 * COMMIT of an aborted transaction is a silent ROLLBACK.
 *
 * @throws AppError with the reason of a violated constraint; TRY_AGAIN (503) after the last try.
 */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const latest = performance.now() + LAST_TRY_MS;
  for (let tries = 1; ; tries++) {
    try {
      const result = await attempt(work);
      transactionTries.observe(tries);
      return result;
    } catch (error) {
      if (!isRetryable(error)) throw fromDatabase(error);
      if (tries === MAX_TRIES || performance.now() > latest) {
        transactionGiveUps.inc();
        throw new AppError("TRY_AGAIN", { retryAfterSeconds: 1 }, { cause: error });
      }
      await sleep(Math.random() * Math.min(200, 4 * 2 ** tries));
    }
  }
}
