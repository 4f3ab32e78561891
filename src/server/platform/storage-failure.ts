// Next's bundles notice failures, main.ts asks: they meet at the global object.
const shared = globalThis as typeof globalThis & { amrutamStorageFailedAt?: number };

/** Notes that the database could not write for want of space, memory or a sound disk. */
export function noteStorageFailure(): void {
  shared.amrutamStorageFailedAt = Date.now();
}

/** When that was; undefined where no write has failed since one succeeded. */
export const storageFailedAt = (): number | undefined => shared.amrutamStorageFailedAt;

/** Forgets a failure, unless a later one was noted. */
export function forgetStorageFailure(at: number): void {
  if (shared.amrutamStorageFailedAt === at) shared.amrutamStorageFailedAt = undefined;
}
