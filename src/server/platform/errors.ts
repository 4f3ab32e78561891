import { recordStorageFailure } from "./storage-failure";

/** The reasons of refusals, with the tRPC code of each. */
const REASONS = {
  INVALID_INPUT: "BAD_REQUEST",
  IDEMPOTENCY_KEY_REQUIRED: "BAD_REQUEST",
  IDEMPOTENCY_MISMATCH: "UNPROCESSABLE_CONTENT",
  IDEMPOTENCY_IN_FLIGHT: "CONFLICT",
  NOT_SIGNED_IN: "UNAUTHORIZED",
  INVALID_CREDENTIALS: "UNAUTHORIZED",
  ACCOUNT_SUSPENDED: "UNAUTHORIZED",
  MFA_REQUIRED: "UNAUTHORIZED",
  MFA_INVALID: "UNAUTHORIZED",
  MFA_ENROLMENT_REQUIRED: "FORBIDDEN",
  MFA_ALREADY_ON: "CONFLICT",
  LINK_INVALID: "BAD_REQUEST",
  CODE_INVALID: "UNAUTHORIZED",
  REFRESH_INVALID: "UNAUTHORIZED",
  REFRESH_REUSED: "UNAUTHORIZED",
  ROLE_REQUIRED: "FORBIDDEN",
  FOREIGN_ORIGIN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  METHOD_NOT_ALLOWED: "METHOD_NOT_SUPPORTED",
  PASSWORD_BREACHED: "BAD_REQUEST",
  PASSWORD_WEAK: "BAD_REQUEST",
  PASSWORD_REQUIRED: "UNAUTHORIZED",
  ADMIN_NEEDS_FACTOR: "CONFLICT",
  LAST_ADMIN: "CONFLICT",
  EMAIL_TAKEN: "CONFLICT",
  REGISTRATION_TAKEN: "CONFLICT",
  REGISTRATION_LAPSED: "CONFLICT",
  SLOT_TIMES_INVALID: "BAD_REQUEST",
  SLOT_OVERLAP: "CONFLICT",
  SLOT_NOT_FREE: "CONFLICT",
  SLOT_TAKEN: "CONFLICT",
  SLOT_WITHDRAWN: "CONFLICT",
  SLOT_IN_PAST: "CONFLICT",
  SLOT_TOO_SOON: "CONFLICT",
  PATIENT_OVERLAP: "CONFLICT",
  TOO_MANY_HOLDS: "CONFLICT",
  STALE_VERSION: "CONFLICT",
  ILLEGAL_TRANSITION: "CONFLICT",
  HAS_BOOKINGS: "CONFLICT",
  TOO_EARLY: "CONFLICT",
  PATIENT_WAITING: "CONFLICT",
  VISIT_OVER: "CONFLICT",
  HOLD_LIMIT: "CONFLICT",
  PRICE_DIFFERS: "CONFLICT",
  REFUND_CHANGED: "CONFLICT",
  PAYLOAD_TOO_LARGE: "PAYLOAD_TOO_LARGE",
  RATE_LIMITED: "TOO_MANY_REQUESTS",
  TRY_AGAIN: "SERVICE_UNAVAILABLE",
} as const;

export type Reason = keyof typeof REASONS;

/** What a refusal contains beside its reason. The caller receives it unchanged. */
export type RefusalData = {
  alternatives?: unknown[];
  retryAfterSeconds?: number;
  /** With STALE_VERSION: the stored version. */
  current?: unknown;
};

/** A refusal. The caller receives the reason and the data; the cause is only logged. */
export class AppError extends Error {
  /** Whether this replays the first answer of an idempotency key. */
  replayed = false;

  constructor(
    readonly reason: Reason,
    readonly data: RefusalData = {},
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = "AppError";
  }

  get code() {
    return REASONS[this.reason];
  }
}

/** The reasons of constraint violations that a caller can cause, by the constraint's name. */
const CONSTRAINT_REASONS: Record<string, Reason> = {
  availability_slots_no_overlap: "SLOT_OVERLAP",
  availability_slots_length: "SLOT_TIMES_INVALID",
  bookings_one_active_per_slot: "SLOT_TAKEN",
  bookings_doctor_no_overlap: "SLOT_TAKEN",
  bookings_patient_no_overlap: "PATIENT_OVERLAP",
  bookings_live_holds: "TOO_MANY_HOLDS",
  doctors_registration_number_key: "REGISTRATION_TAKEN",
  // Errors of triggers. Prisma passes on their message, but not their constraint name.
  "booking cannot go from": "ILLEGAL_TRANSITION",
  "the last active admin": "LAST_ADMIN",
  "an admin needs a confirmed address": "ADMIN_NEEDS_FACTOR",
};

/** A failure as the driver adapter reports it. */
type AdapterCause = {
  originalCode?: string;
  originalMessage?: string;
  kind?: string;
};

/** Finds the adapter's report: in `cause` (a failed COMMIT) or in `meta` (P2034, P2010). */
function adapterCause(error: unknown): AdapterCause {
  const e = error as {
    cause?: AdapterCause;
    meta?: { driverAdapterError?: { cause?: AdapterCause } };
  } | null;
  return e?.meta?.driverAdapterError?.cause ?? e?.cause ?? {};
}

/** Returns the SQLSTATE of a database failure, in any of Prisma's three shapes, or null. */
export function sqlState(error: unknown): string | null {
  const { originalCode } = adapterCause(error);
  if (originalCode) return originalCode;
  // A serialization failure of a model call. Prisma does not pass on the adapter's error here.
  return (error as { code?: string } | null)?.code === "P2034" ? "40001" : null;
}

const CONNECTION_KINDS = new Set([
  "ConnectionClosed",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TooManyConnections",
]);

/** Messages of the driver and of Node that the adapter passes on without a kind. */
const CONNECTION_LOSS =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|is not queryable|\b(EPIPE|ECONNABORTED|E(HOST|NET)(UNREACH|DOWN)|EAI_AGAIN)\b/i;

/** Whether the connection was lost or refused. It is unknown whether the transaction committed. */
export function isConnectionLoss(error: unknown): boolean {
  const { kind } = adapterCause(error);
  const state = sqlState(error) ?? "";
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  return (
    CONNECTION_KINDS.has(kind ?? "") ||
    state.startsWith("08") ||
    state.startsWith("57P") ||
    // The server ended a session that was idle in its transaction, or whose transaction was too long.
    ["25P03", "25P04"].includes(state) ||
    // P2028: no transaction could be opened, or it is lost; P1001, P1017: server unreachable, closed;
    // P2024: no free connection in the pool.
    ["P2028", "P1001", "P1017", "P2024"].includes(code ?? "") ||
    CONNECTION_LOSS.test(message)
  );
}

/** Whether the database refuses writes: it is a standby, or in read-only mode. */
export const isReadOnly = (error: unknown): boolean => sqlState(error) === "25006";

const READ_ONLY_WAIT_S = 5;

/** Whether disk, memory or connections ran out (class 53), or the disk failed (class 58). Nothing was written. */
const isStorageFailure = (error: unknown): boolean => /^(53|58)/.test(sqlState(error) ?? "");

const STORAGE_WAIT_S = 10;

/** Whether a lock (55P03) or a statement (57014) timed out. Nothing was written. */
const isTimeout = (state: string | null) => state === "55P03" || state === "57014";

/**
 * Translates a database failure into a refusal: a constraint violation into its reason, an unreachable
 * or overloaded database into TRY_AGAIN. Returns any other error unchanged.
 */
export function fromDatabase(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const text = `${adapterCause(error).originalMessage ?? ""} ${(error as Error | null)?.message ?? ""}`;
  const constraint = Object.entries(CONSTRAINT_REASONS).find(([name]) => text.includes(name));
  if (constraint) return new AppError(constraint[1], {}, { cause: error });
  if (isConnectionLoss(error) || isTimeout(sqlState(error))) {
    return new AppError("TRY_AGAIN", { retryAfterSeconds: 1 }, { cause: error });
  }
  if (isStorageFailure(error)) {
    recordStorageFailure();
    return new AppError("TRY_AGAIN", { retryAfterSeconds: STORAGE_WAIT_S }, { cause: error });
  }
  if (isReadOnly(error)) {
    return new AppError("TRY_AGAIN", { retryAfterSeconds: READ_ONLY_WAIT_S }, { cause: error });
  }
  return error;
}
