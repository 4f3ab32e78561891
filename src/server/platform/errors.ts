import { noteStorageFailure } from "./storage-failure";

/** Every reason a caller may be given, and the tRPC code it travels under. */
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

/** What a refusal may carry beside its reason; sent to the caller as it is. */
export type RefusalData = {
  alternatives?: unknown[];
  retryAfterSeconds?: number;
  /** With STALE_VERSION: what is stored now. */
  current?: unknown;
};

/** A refusal that the caller is told of by its reason. The cause is logged, never sent. */
export class AppError extends Error {
  /** Whether this repeats the answer that an idempotency key got before. */
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

/** Constraints that a caller can run into, by the name that PostgreSQL reports. */
const CONSTRAINT_REASONS: Record<string, Reason> = {
  availability_slots_no_overlap: "SLOT_OVERLAP",
  availability_slots_length: "SLOT_TIMES_INVALID",
  bookings_one_active_per_slot: "SLOT_TAKEN",
  bookings_doctor_no_overlap: "SLOT_TAKEN",
  bookings_patient_no_overlap: "PATIENT_OVERLAP",
  bookings_live_holds: "TOO_MANY_HOLDS",
  doctors_registration_number_key: "REGISTRATION_TAKEN",
  // A trigger's refusal: Prisma passes its words on, but not the constraint that it names.
  "booking cannot go from": "ILLEGAL_TRANSITION",
  "the last active admin": "LAST_ADMIN",
  "an admin needs a confirmed address": "ADMIN_NEEDS_FACTOR",
};

type Adapted = {
  originalCode?: string;
  originalMessage?: string;
  kind?: string;
};

/** What the driver adapter knows of a failure: it hides in `cause` (bare, at COMMIT) or in `meta` (P2034, P2010). */
function adapted(error: unknown): Adapted {
  const e = error as {
    cause?: Adapted;
    meta?: { driverAdapterError?: { cause?: Adapted } };
  } | null;
  return e?.meta?.driverAdapterError?.cause ?? e?.cause ?? {};
}

/** The SQLSTATE of a database failure in any of the three shapes that Prisma gives it, or null. */
export function sqlState(error: unknown): string | null {
  const { originalCode } = adapted(error);
  if (originalCode) return originalCode;
  // A model call that lost a serialization race, where the adapter's own error is not passed on.
  return (error as { code?: string } | null)?.code === "P2034" ? "40001" : null;
}

const CONNECTION_KINDS = new Set([
  "ConnectionClosed",
  "DatabaseNotReachable",
  "SocketTimeout",
  "TooManyConnections",
]);

/** What the adapter has no kind for and passes on as the driver or Node said it. */
const LOSS =
  /connection terminated|timeout exceeded when trying to connect|timeout expired|query read timeout|is not queryable|\b(EPIPE|ECONNABORTED|E(HOST|NET)(UNREACH|DOWN)|EAI_AGAIN)\b/i;

/** The connection was lost or never came: what happened to the transaction is not known. */
export function isConnectionLoss(error: unknown): boolean {
  const { kind } = adapted(error);
  const state = sqlState(error) ?? "";
  const { code, message = "" } = (error ?? {}) as { code?: string; message?: string };
  return (
    CONNECTION_KINDS.has(kind ?? "") ||
    state.startsWith("08") ||
    state.startsWith("57P") ||
    // The server ended a session that stalled inside its transaction, or whose transaction was too long.
    ["25P03", "25P04"].includes(state) ||
    // P2028: no transaction could be opened, or it is gone; P1001/P1017: server unreachable, closed.
    ["P2028", "P1001", "P1017", "P2024"].includes(code ?? "") ||
    LOSS.test(message)
  );
}

/** The database takes no writes: a standby, before it is promoted, or one in read-only mode. */
export const isReadOnly = (error: unknown): boolean => sqlState(error) === "25006";

const READ_ONLY_WAIT_S = 5;

/** Out of disk, memory or connections (class 53), or a fault of the disk itself (class 58): nothing was written. */
const isStorageFailure = (error: unknown): boolean => /^(53|58)/.test(sqlState(error) ?? "");

const STORAGE_WAIT_S = 10;

/** Waited too long for a lock (55P03) or for a statement (57014): nothing was written. */
const isTimeout = (state: string | null) => state === "55P03" || state === "57014";

/**
 * The one place where a database failure becomes a refusal: a constraint's name gives its reason,
 * an unreachable or overloaded database asks to try again. Anything else comes back unchanged.
 */
export function fromDatabase(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const text = `${adapted(error).originalMessage ?? ""} ${(error as Error | null)?.message ?? ""}`;
  const constraint = Object.entries(CONSTRAINT_REASONS).find(([name]) => text.includes(name));
  if (constraint) return new AppError(constraint[1], {}, { cause: error });
  if (isConnectionLoss(error) || isTimeout(sqlState(error))) {
    return new AppError("TRY_AGAIN", { retryAfterSeconds: 1 }, { cause: error });
  }
  if (isStorageFailure(error)) {
    noteStorageFailure();
    return new AppError("TRY_AGAIN", { retryAfterSeconds: STORAGE_WAIT_S }, { cause: error });
  }
  if (isReadOnly(error)) {
    return new AppError("TRY_AGAIN", { retryAfterSeconds: READ_ONLY_WAIT_S }, { cause: error });
  }
  return error;
}
