const CAP_MS = 15 * 60_000;

/**
 * How long to wait before the next try: doubled after each failure up to 15 minutes, and half of it
 * at random, so that what failed together does not come back together.
 *
 * @param failures how many tries failed, at least 1.
 */
export function backoffMs(failures: number, baseMs: number, random = Math.random()): number {
  const full = Math.min(CAP_MS, baseMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}

/** What a server asked for in a Retry-After header: seconds, or an instant. Null for neither. */
export function retryAfterMs(header: string | null, now = Date.now()): number | null {
  if (!header) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
