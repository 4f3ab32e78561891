/** The room opens, and the doctor may start, ten minutes ahead. */
export const EARLY_MINUTES = 10;

/** A doctor who has not come this long after the end is taken not to come. */
export const ABSENT_AFTER_MINUTES = 15;

/** A consultation may run over; that nobody completed it does not leave its room open for good. */
const CLOSED_AFTER_HOURS = 12;

type Visit = { status: string; startsAt: Date; endsAt: Date };

/** Whether the room of a consultation is open at an instant. */
export const roomIsOpen = ({ status, startsAt, endsAt }: Visit, now: Date): boolean =>
  (status === "SCHEDULED" || status === "ACTIVE") &&
  now.getTime() >= startsAt.getTime() - EARLY_MINUTES * 60_000 &&
  now.getTime() < endsAt.getTime() + CLOSED_AFTER_HOURS * 3_600_000;
