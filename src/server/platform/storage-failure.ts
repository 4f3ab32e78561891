// Next's bundles record failures and main.ts reads them. The global object shares the state.
const shared = globalThis as typeof globalThis & { amrutamStorageFailedAt?: number };

/** Records that the database could not write, because it lacks space or memory, or the disk failed. */
export function recordStorageFailure(): void {
  shared.amrutamStorageFailedAt = Date.now();
}

/** Returns the time of the last failure; undefined if the storage has worked since. */
export const storageFailedAt = (): number | undefined => shared.amrutamStorageFailedAt;

/** Clears a failure, unless there was a later one. */
export function clearStorageFailure(at: number): void {
  if (shared.amrutamStorageFailedAt === at) shared.amrutamStorageFailedAt = undefined;
}
