import type { GetStepTools, InngestFunction } from "inngest";
import type { DataOf, DomainEvent } from "../platform/outbox";
import { inngest } from "./client";

/** The steps that both engines run. A job that uses another step does not compile. */
type Steps = Pick<GetStepTools<typeof inngest>, "run" | "sleepUntil">;

/** What starts a job: domain events, or a cron expression of five fields in UTC. */
type Start<Name> = { events: readonly Name[] } | { cron: string };

type BookingEvent = Extract<DomainEvent, { data: { bookingId: string } }>;

type JobOptions<Name> = Start<Name> & {
  id: string;
  /** How often a failed step is tried again; 3 unless given. */
  retries?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** A later event of these names about the same booking cancels the run. */
  cancelOn?: readonly BookingEvent["name"][];
};

type JobContext<Name extends DomainEvent["name"]> = {
  event: { data: DataOf<Name> };
  runId: string;
  step: Steps;
};

/**
 * Creates a job that the embedded engine and an Inngest server run alike.
 * @param options has only what both engines honour, and `handler` is given only the steps that both
 *   offer. Steps of one run are taken one after another, never in parallel.
 */
export function createJob<Name extends DomainEvent["name"] = never>(
  { id, retries, cancelOn, ...start }: JobOptions<Name>,
  handler: (context: JobContext<Name>) => unknown,
): InngestFunction.Any {
  const triggers =
    "cron" in start ? [{ cron: start.cron }] : start.events.map((event) => ({ event }));
  return inngest.createFunction(
    {
      id,
      triggers,
      ...(retries !== undefined && { retries }),
      ...(cancelOn && { cancelOn: cancelOn.map((event) => ({ event, match: "data.bookingId" })) }),
    },
    handler,
  );
}
