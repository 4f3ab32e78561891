import { setTimeout as sleep } from "node:timers/promises";
import { env } from "@/env";
import type { Prisma } from "@/generated/prisma/client";
import { CONNECTION_WAIT_MS, db } from "./db";
import { AppError, fromDatabase, sqlState } from "./errors";
import { transactionGiveUps, transactionTries } from "./metrics";

/** A running Serializable transaction; a write that others compose takes one. */
export type Tx = Prisma.TransactionClient;

const MAX_TRIES = 12;
/** No try begins later than this: where each one takes seconds, twelve are longer than anyone listens. */
const MAX_TRYING_MS = 20_000;

/** Transactions queue here, in order, rather than on the pool, so that reads always find a connection. */
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

/** Hands the place to the next in the queue, or gives it back. */
function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else running--;
}

/** A serialization failure (40001) or a deadlock (40P01): the whole transaction may be run again. */
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
 * Runs `work` in one Serializable transaction, whole again after a serialization failure.
 * `work` may run several times and must touch nothing but `tx`; it must never catch a database
 * error, since an aborted transaction's COMMIT is a silent ROLLBACK.
 *
 * @throws AppError by the constraint that refused; TRY_AGAIN (503) once the tries or the time are used up.
 */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  const latest = performance.now() + MAX_TRYING_MS;
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
