import { db } from "./db";
import { forgetStorageFailure, noteStorageFailure, storageFailedAt } from "./storage-failure";

/** So long after a failed write nobody asks again. */
const REST_MS = 5000;

/**
 * Whether the database can store more. True while no write has failed; after one it is tried with a
 * table that needs new space and is gone with its transaction. Reads go on when a disk is full.
 */
export async function canStore(): Promise<boolean> {
  const failedAt = storageFailedAt();
  if (failedAt === undefined) return true;
  if (Date.now() - failedAt < REST_MS) return false;
  try {
    await db.$executeRaw`
      CREATE TEMPORARY TABLE storage_probe ON COMMIT DROP AS
        SELECT md5(n::text) AS filler FROM generate_series(1, 2000) AS n`;
    forgetStorageFailure(failedAt);
    return true;
  } catch {
    noteStorageFailure();
    return false;
  }
}
