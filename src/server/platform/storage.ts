import { db } from "./db";
import { clearStorageFailure, recordStorageFailure, storageFailedAt } from "./storage-failure";

/** After a failed write, the storage is probed again after this time. */
const PROBE_AFTER_MS = 5000;

/**
 * Whether the database can store data. After a failed write, this creates a temporary table, which
 * needs disk space and is dropped with its transaction. Reads still work when a disk is full.
 */
export async function canStore(): Promise<boolean> {
  const failedAt = storageFailedAt();
  if (failedAt === undefined) return true;
  if (Date.now() - failedAt < PROBE_AFTER_MS) return false;
  try {
    await db.$executeRaw`
      CREATE TEMPORARY TABLE storage_probe ON COMMIT DROP AS
        SELECT md5(n::text) AS filler FROM generate_series(1, 2000) AS n`;
    clearStorageFailure(failedAt);
    return true;
  } catch {
    recordStorageFailure();
    return false;
  }
}
