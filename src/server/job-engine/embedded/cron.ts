import { Cron } from "croner";

/** A cron trigger: five fields, in UTC unless `TZ=Area/City` stands before them, as Inngest writes it. */
export type Schedule = { expression: string; latest: (now: Date) => Date | null };

/** @throws Error for an expression that is not understood. */
export function parseSchedule(expression: string): Schedule {
  const [, timezone = "UTC", fields = ""] = /^(?:TZ=(\S+)\s+)?(.+)$/.exec(expression.trim()) ?? [];
  const cron = new Cron(fields, { mode: "5-part", timezone });
  return {
    expression,
    // Croner leaves the reference's own second out, hence one more.
    latest: (now) => cron.previousRuns(1, new Date(now.getTime() + 1000))[0] ?? null,
  };
}
