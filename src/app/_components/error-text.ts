import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@/server/trpc/root";

/** The parts of an error response that pages use. */
export type Refusal = {
  reason: string | null;
  status: number | null;
  requestId: string | null;
  retryAfterSeconds: number | null;
};

const BY_REASON: Record<string, string> = {
  SLOT_TAKEN: "Someone took this time a moment ago.",
  SLOT_WITHDRAWN: "The doctor does not offer this time any more.",
  SLOT_IN_PAST: "This time has already passed. Please choose a later one.",
  SLOT_TOO_SOON: "The doctor needs more notice than that. Please choose a later time.",
  SLOT_OVERLAP: "There is another of your times here already.",
  SLOT_NOT_FREE: "Someone has booked this time, so it cannot be closed.",
  SLOT_TIMES_INVALID: "A time starts in the future and lasts between 5 minutes and 4 hours.",
  PATIENT_OVERLAP: "You already have a consultation at this time.",
  TOO_MANY_HOLDS:
    "You are already holding other times. Pay for one, or let one go, before you take another.",
  PRICE_DIFFERS:
    "This time has another price. Please choose one of the same price, or cancel and book anew.",
  REFUND_CHANGED: "The refund has changed in the meantime. Please look at it again.",
  HOLD_LIMIT: "This time cannot be held any longer.",
  TOO_EARLY: "It is too early for that.",
  PATIENT_WAITING: "The patient is waiting for you. Please start the consultation.",
  VISIT_OVER: "The visit is over and was not started in time. The patient gets the fee back.",
  STALE_VERSION: "This was changed on another device in the meantime.",
  ILLEGAL_TRANSITION: "This booking has changed in the meantime, so that is no longer possible.",
  HAS_BOOKINGS:
    "This person has consultations booked as a patient. Once those are over, or cancelled, it is possible.",
  INVALID_CREDENTIALS: "That email and password do not go together. Please check both.",
  ACCOUNT_SUSPENDED:
    "This account is suspended. Please write to the clinic; the contact page has its address.",
  MFA_INVALID: "That code is not right, or was used already. Please wait for the next one.",
  MFA_ENROLMENT_REQUIRED: "Your role needs a second step at sign-in. Please set it up first.",
  MFA_ALREADY_ON: "Two-step sign-in is on already.",
  REGISTRATION_TAKEN: "There is a doctor with this registration number already.",
  REGISTRATION_LAPSED: "The registration has run out, or its council or end is missing.",
  CODE_INVALID: "That code or link is not right, is too old, or was used already.",
  LINK_INVALID: "This link is too old, or was used already.",
  PASSWORD_WEAK:
    "This password is easy to guess. Please take one with more different characters; four or five words in a row are easy to remember.",
  PASSWORD_REQUIRED: "Please enter your password once more.",
  ADMIN_NEEDS_FACTOR:
    "Only somebody with a confirmed address and two-step sign-in can become an admin. Please ask them to set it up first.",
  LAST_ADMIN: "This is the last admin with access. Please make somebody else an admin first.",
  PASSWORD_BREACHED:
    "This password is known from a data leak elsewhere, so others may try it. Please choose another.",
};

const BY_STATUS: Record<number, string> = {
  400: "Something in this form is not as it should be. Please check it.",
  401: "You are signed out. Please sign in again.",
  403: "Your account may not do this.",
  404: "We could not find this. It may have been removed.",
  413: "That is too much text. Please shorten it.",
  503: "We are very busy right now. Please try again in a moment.",
};

const OFFLINE = "You are offline, so nothing was sent. Please try again once you are connected.";
export const UNREACHABLE =
  "We could not reach the clinic. Please check your connection and try again.";
const UNKNOWN = "Something went wrong on our side. Please try again.";

/** Tells whether a caught value is an error of the API client. */
export function isApiError(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}

/** Returns the parts of an error response; all null if there was no response. */
export function refusalOf(error: unknown): Refusal {
  const data = isApiError(error) ? error.data : null;
  return {
    reason: data?.reason ?? null,
    status: data?.httpStatus ?? null,
    requestId: data?.requestId ?? null,
    retryAfterSeconds: data?.retryAfterSeconds ?? null,
  };
}

/** Returns the text for a caller over the rate limit: when to try again. */
function textForWait(seconds: number | null): string {
  const minutes = Math.ceil((seconds ?? 60) / 60);
  const wait =
    seconds !== null && seconds < 60
      ? `${seconds} ${seconds === 1 ? "second" : "seconds"}`
      : `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  return `There were too many tries in a short time. Please try again in ${wait}.`;
}

/**
 * Returns the text for a reason as sign-in returns it. RATE_LIMITED can carry the seconds to wait after a
 * colon.
 */
export function textForReason(answer: string): string {
  const [reason = "", seconds] = answer.split(":");
  if (reason === "RATE_LIMITED") return textForWait(seconds ? Number(seconds) : null);
  return BY_REASON[reason] ?? UNKNOWN;
}

/** Returns the text for an error: by its reason, otherwise by its HTTP status. */
export function textForError(error: unknown): string {
  const { reason, status, retryAfterSeconds } = refusalOf(error);
  if (status === 429) return textForWait(retryAfterSeconds);
  if (reason && BY_REASON[reason]) return BY_REASON[reason];
  if (status === null && isApiError(error)) return navigator.onLine ? UNREACHABLE : OFFLINE;
  if (status === null) return UNKNOWN;
  return BY_STATUS[status] ?? UNKNOWN;
}
