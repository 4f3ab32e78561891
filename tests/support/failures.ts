import { db } from "@/server/platform/db";
import { AppError, fromDatabase } from "@/server/platform/errors";
import type { Tx } from "@/server/platform/transaction";

/** Runs work in one Serializable transaction without retries. @returns its error. */
export async function failureOf(work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
  try {
    await db.$transaction(work, { isolationLevel: "Serializable" });
  } catch (error) {
    return error;
  }
  throw new Error("nothing failed");
}

/** The reason that the caller receives for an error; null for an internal error. */
export const reasonOf = (error: unknown) => {
  const refusal = fromDatabase(error);
  return refusal instanceof AppError ? refusal.reason : null;
};
