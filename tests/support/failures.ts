import { db } from "@/server/platform/db";
import { AppError, fromDatabase } from "@/server/platform/errors";
import type { Tx } from "@/server/platform/transaction";

/** What a piece of work fails with, in a Serializable transaction that nobody runs again. */
export async function failureOf(work: (tx: Tx) => Promise<unknown>): Promise<unknown> {
  try {
    await db.$transaction(work, { isolationLevel: "Serializable" });
  } catch (error) {
    return error;
  }
  throw new Error("nothing failed");
}

/** The reason that a caller would be given for an error; null for a fault of ours. */
export const reasonOf = (error: unknown) => {
  const refusal = fromDatabase(error);
  return refusal instanceof AppError ? refusal.reason : null;
};
