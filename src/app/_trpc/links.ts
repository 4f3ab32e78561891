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
import { MAX_BATCH_SIZE } from "@/server/platform/schema";
import type { AppRouter } from "@/server/trpc/root";

const KEY = "idempotencyKey";

/** Returns a random UUID. Browsers offer `randomUUID` only over HTTPS and on localhost. */
function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Gives each mutation an idempotency key before the retries, so that all tries of one click are one write. */
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
 * Marks queries as background requests. Pages repeat queries on a timer and when a tab is shown, and this
 * must not extend an idle session. Page loads, mutations, key presses and clicks (use-idle.ts) extend it.
 */
const BACKGROUND = { "x-background": "1" };

/** The message of the error that replaces a request while the device is offline. */
const OFFLINE = "OFFLINE";

/** Fails a mutation at once while the device is offline, so that it is not sent later unexpectedly. */
const offlineLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    op.type === "mutation" && !navigator.onLine
      ? observable((observer) => observer.error(new TRPCClientError(OFFLINE)))
      : next(op);

const TRIES = 3;

/** Tells whether the same request may succeed later: no response, 503, or the first try is still running. */
function mayRetry(status: number | undefined, reason: string | null | undefined): boolean {
  return status === undefined || status === 503 || reason === "IDEMPOTENCY_IN_FLIGHT";
}

/** Returns the links of the browser's client: offline check, key, retry, then batched queries or single mutations. */
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
        maxItems: MAX_BATCH_SIZE,
        headers: BACKGROUND,
      }),
    }),
  ];
}
