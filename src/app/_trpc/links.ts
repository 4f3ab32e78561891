import {
  httpBatchLink,
  httpLink,
  type Operation,
  retryLink,
  splitLink,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { BATCH_LIMIT } from "@/server/platform/schema";
import type { AppRouter } from "@/server/trpc/root";

const KEY = "idempotencyKey";

/** A random UUID; `randomUUID` itself is missing where the page is not served over TLS or loopback. */
function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Names each mutation once, before the retries, so that all tries of one click are one write. */
const idempotencyLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    next(
      op.type === "mutation"
        ? { ...op, context: { ...op.context, [KEY]: op.context[KEY] ?? newKey() } }
        : op,
    );

function keyHeader({ op }: { op: Operation }): Record<string, string> {
  const key = op.context[KEY];
  return typeof key === "string" ? { "idempotency-key": key } : {};
}

/**
 * Pages ask again by themselves, on a timer or when a tab is looked at, which must not keep a session
 * alive that nobody uses. Loading a page, a mutation, and keys and clicks (use-idle.ts) do.
 */
const BACKGROUND = { "x-background": "1" };

/** What the browser's client answers in place of a server that it cannot reach. */
const OFFLINE = "OFFLINE";

/** Refuses a write while the device is offline: nothing waits to be sent when nobody waits for it. */
const offlineLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    op.type === "mutation" && !navigator.onLine
      ? observable((observer) => observer.error(new TRPCClientError(OFFLINE)))
      : next(op);

const TRIES = 3;

/** Only what may succeed unchanged: no answer at all, "try again" (503), or the first try still running. */
function mayRetry(status: number | undefined, reason: string | null | undefined): boolean {
  return status === undefined || status === 503 || reason === "IDEMPOTENCY_IN_FLIGHT";
}

/** The chain of the browser's client: key, retry, then batched queries or single mutations. */
export function links(): TRPCLink<AppRouter>[] {
  const url = "/api/trpc";
  return [
    offlineLink,
    idempotencyLink,
    retryLink({
      retry: ({ op, error, attempts }) =>
        op.type === "mutation" &&
        navigator.onLine &&
        attempts < TRIES &&
        mayRetry(error.data?.httpStatus, error.data?.reason),
      retryDelayMs: (attempt) => 300 * 2 ** attempt,
    }),
    splitLink({
      condition: ({ type }) => type === "mutation",
      true: httpLink({ url, headers: keyHeader }),
      false: httpBatchLink({
        url,
        maxURLLength: 2000,
        maxItems: BATCH_LIMIT,
        headers: BACKGROUND,
      }),
    }),
  ];
}
