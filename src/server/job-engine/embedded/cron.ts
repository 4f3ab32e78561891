import { Cron } from "croner";

/**
 * Reads a cron expression of five fields, in UTC.
 * @returns the expression, and `latest`: the last tick at or before an instant.
 * @throws Error for an expression that is not valid.
 */
export function parseSchedule(expression: string) {
  const cron = new Cron(expression, { mode: "5-part", timezone: "UTC" });
  return {
    expression,
    // Croner excludes the second of the reference itself, so add a second.
    latest: (now: Date): Date | null =>
      cron.previousRuns(1, new Date(now.getTime() + 1000))[0] ?? null,
  };
}
