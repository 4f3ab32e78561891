import type { Kind } from "./schema";

const HOUR = 3_600_000;

/** The rate limit for mails to one address, for each kind that a stranger can cause. */
export const MAX_ACCOUNT_MAILS = { hour: 3, day: 10 };

/** How long before the start patients are reminded, in milliseconds. */
const REMINDERS = [
  { kind: "reminder_24h", before: 24 * HOUR },
  { kind: "reminder_1h", before: HOUR },
] as const;

export type Reminder = { kind: (typeof REMINDERS)[number]["kind"]; at: string };

/** Returns the reminders of a visit whose time is not past. */
export function remindersAhead(startsAt: string, now: Date): Reminder[] {
  const start = Date.parse(startsAt);
  return REMINDERS.flatMap(({ kind, before }) =>
    start - before > now.getTime() ? [{ kind, at: new Date(start - before).toISOString() }] : [],
  );
}

/** The state of a booking when a message about it is sent. */
export type BookingState = {
  status: "PENDING" | "CONFIRMED" | "COMPLETED" | "NO_SHOW" | "EXPIRED" | "CANCELLED";
  version: number;
  startsAt: Date;
  endsAt: Date;
  /** A refund by this app, not one that the clinic made by hand. */
  refund: { status: "PENDING" | "SUCCEEDED" | "FAILED"; reason: string } | null;
};

/**
 * Whether a message is still true. A late mail must not contradict what has happened since its event.
 * @param version the booking's version at the time of the event.
 */
export function isStillTrue(
  kind: Kind,
  version: number,
  booking: BookingState,
  now: Date,
): boolean {
  const { status, refund, startsAt, endsAt } = booking;
  const isOn = status === "CONFIRMED" && booking.version === version && endsAt > now;
  const isAhead = isOn && startsAt > now;
  switch (kind) {
    case "confirmed":
    case "rescheduled":
      // Also after the start: the patient may have paid or moved the visit just before it.
      return isOn;
    case "reminder_1h":
      return isAhead;
    case "reminder_24h":
      // If it is so late that the one-hour reminder is due, one reminder is enough.
      return isAhead && startsAt.getTime() - HOUR > now.getTime();
    case "moved_away":
      return booking.version === version;
    case "expired":
      // If a payment arrived after the expiry, paid_too_late tells the patient.
      return status === "EXPIRED" && refund === null;
    case "cancelled":
      return status === "CANCELLED";
    case "paid_too_late":
      return refund?.reason === "not_pending";
    case "refunded":
      return refund?.status === "SUCCEEDED";
    case "refunded_by_clinic":
      return true;
  }
}
