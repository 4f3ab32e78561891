import type { Kind } from "./schema";

const HOUR = 3_600_000;

/** Of each kind of mail about an account that a stranger can cause, an address gets no more than this. */
export const MOST_MAILS = { hour: 3, day: 10 };

/** When patients are reminded, before the start. */
const REMINDERS = [
  { kind: "reminder_24h", before: 24 * HOUR },
  { kind: "reminder_1h", before: HOUR },
] as const;

export type Reminder = { kind: (typeof REMINDERS)[number]["kind"]; at: string };

/** The reminders that are still to come for a visit; those whose time is past are left out. */
export function remindersAhead(startsAt: string, now: Date): Reminder[] {
  const start = Date.parse(startsAt);
  return REMINDERS.flatMap(({ kind, before }) =>
    start - before > now.getTime() ? [{ kind, at: new Date(start - before).toISOString() }] : [],
  );
}

/** How a booking stands when something about it is about to be told. */
export type Standing = {
  status: "PENDING" | "CONFIRMED" | "COMPLETED" | "NO_SHOW" | "EXPIRED" | "CANCELLED";
  version: number;
  startsAt: Date;
  endsAt: Date;
  /** What this app owes or gave back; not what the clinic gave by hand. */
  refund: { status: "PENDING" | "SUCCEEDED" | "FAILED"; reason: string } | null;
};

/**
 * Whether a message is still true: what happened between the event and now must not be contradicted
 * by a mail that comes late. `version` is the booking's when the event happened.
 */
export function isStillTrue(kind: Kind, version: number, booking: Standing, now: Date): boolean {
  const { status, refund, startsAt, endsAt } = booking;
  const isOn = status === "CONFIRMED" && booking.version === version && endsAt > now;
  const comesUp = isOn && startsAt > now;
  switch (kind) {
    case "confirmed":
    case "rescheduled":
      // A patient who paid or moved the visit just before its start gets this mail as well.
      return isOn;
    case "reminder_1h":
      return comesUp;
    case "reminder_24h":
      // Late by so much that the next one is due: one is enough.
      return comesUp && startsAt.getTime() - HOUR > now.getTime();
    case "moved_away":
      return booking.version === version;
    case "expired":
      // A payment that came later has a mail of its own.
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
