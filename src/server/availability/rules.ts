const MINUTE = 60_000;

/** A slot starts in the future and lasts 5 minutes to 4 hours. */
export function slotTimesAreValid(startsAt: Date, endsAt: Date, now: Date): boolean {
  const length = endsAt.getTime() - startsAt.getTime();
  return startsAt > now && length >= 5 * MINUTE && length <= 240 * MINUTE;
}
