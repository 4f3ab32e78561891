const CAP_MS = 15 * 60_000;

/**
 * Returns how long to wait before the next try, in milliseconds. The wait doubles after each failure,
 * up to 15 minutes. Half of it is random, so that runs that failed together do not retry together.
 * @param failures how many tries failed, at least 1.
 */
export function backoffMs(failures: number, baseMs: number, random = Math.random()): number {
  const full = Math.min(CAP_MS, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
