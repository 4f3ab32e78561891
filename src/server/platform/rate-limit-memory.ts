import type { Algorithm, RatelimitConfig } from "@upstash/ratelimit";

type Context = RatelimitConfig["limiter"] extends Algorithm<infer C> ? C : never;
type Windows = Map<string, { start: number; count: number; before: number }>;

const MAX_IDENTIFIERS = 50_000;

/**
 * Counts in a sliding window in this process's memory, since the library's own algorithms run Lua in
 * Redis. The previous window counts by the share of it that is still inside the sliding window.
 */
export function slidingWindowInMemory(requests: number, seconds: number): Algorithm<Context> {
  const windows: Windows = new Map();
  const length = seconds * 1000;
  /** When one more request is allowed: in this window, or in the next one if this window is full. */
  const nextFree = ({ start, count, before }: { start: number; count: number; before: number }) => {
    const room = requests - 1;
    const [from, fading, staying] =
      count <= room ? [start, before, count] : [start + length, count, 0];
    const share = fading === 0 ? 1 : Math.min(1, (room - staying) / fading);
    // One millisecond more, because of rounding errors.
    return Math.ceil(from + length * (1 - share)) + 1;
  };
  const look = (identifier: string) => {
    const start = Math.floor(Date.now() / length) * length;
    const known = windows.get(identifier);
    const before = known?.start === start - length ? known.count : 0;
    const window = known?.start === start ? known : { start, count: 0, before };
    const used = window.count + window.before * (1 - (Date.now() - start) / length);
    return { window, used, reset: nextFree(window) };
  };
  return () => ({
    limit: async (_context, identifier) => {
      const { window, used, reset } = look(identifier);
      const success = used + 1 <= requests;
      if (success) window.count++;
      windows.delete(identifier);
      windows.set(identifier, window);
      // Remove the least recently seen identifier, so that the memory is bounded.
      const oldest = windows.size > MAX_IDENTIFIERS ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      const remaining = Math.max(0, Math.floor(requests - used - 1));
      return { success, limit: requests, remaining, reset, pending: Promise.resolve() };
    },
    getRemaining: async (_context, identifier) => {
      const { used, reset } = look(identifier);
      return { remaining: Math.max(0, Math.floor(requests - used)), reset, limit: requests };
    },
    resetTokens: async (_context, identifier) => {
      windows.delete(identifier);
    },
  });
}
