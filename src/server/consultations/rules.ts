/** How many minutes before the start the room opens and the doctor may start. */
export const EARLY_MINUTES = 10;

/** How many minutes after the end a doctor who has not started counts as absent. */
export const ABSENT_AFTER_MINUTES = 15;

/** A consultation may take longer than planned, but a room that nobody closes must not stay open for ever. */
const CLOSED_AFTER_HOURS = 12;

type Visit = { status: string; startsAt: Date; endsAt: Date };

/** Whether the room of a consultation is open now. */
export const roomIsOpen = ({ status, startsAt, endsAt }: Visit, now: Date): boolean =>
  (status === "SCHEDULED" || status === "ACTIVE") &&
  now.getTime() >= startsAt.getTime() - EARLY_MINUTES * 60_000 &&
  now.getTime() < endsAt.getTime() + CLOSED_AFTER_HOURS * 3_600_000;
