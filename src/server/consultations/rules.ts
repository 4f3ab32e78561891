/** The room opens, and the doctor may start, ten minutes ahead. */
export const EARLY_MINUTES = 10;

/** A doctor who has not come this long after the end is taken not to come. */
export const ABSENT_AFTER_MINUTES = 15;

/** Whether the room of a consultation is open at an instant. */
export const roomIsOpen = (status: string, startsAt: Date, now: Date): boolean =>
  (status === "SCHEDULED" || status === "ACTIVE") &&
  now.getTime() >= startsAt.getTime() - EARLY_MINUTES * 60_000;
