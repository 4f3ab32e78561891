import type { InngestFunction } from "inngest";
import { z } from "zod";
import { parseSchedule } from "./cron";

/** What the engine needs to know about a job. */
export type JobFunction = {
  id: string;
  maxAttempts: number;
  schedules: Schedule[];
};

type Schedule = ReturnType<typeof parseSchedule>;

/** All jobs, and what starts and cancels their runs as JSON for SQL. */
export type Catalog = {
  functions: ReadonlyMap<string, JobFunction>;
  /** `[{ event, function_id }]` */
  triggers: string;
  /** `[{ function_id, event, path }]` */
  cancellations: string;
};

const eventName = z.string().regex(/^(?!inngest\/)[^*]+$/, "not the name of a domain event");

const path = z
  .string()
  .regex(/^data(\.\w+)+$/, "match takes the form data.field")
  .transform((text) => text.split("."));

const schedule = z.string().transform((expression, ctx) => {
  try {
    return parseSchedule(expression);
  } catch (error) {
    ctx.addIssue({ code: "custom", message: String(error) });
    return z.NEVER;
  }
});

// Strict: the engine would silently ignore an option that is not listed here.
const options = z.strictObject({
  id: z.string().regex(/^[\w-]+$/),
  triggers: z
    .array(z.union([z.strictObject({ cron: schedule }), z.strictObject({ event: eventName })]))
    .min(1),
  retries: z.int().min(0).max(20).default(3),
  cancelOn: z.array(z.strictObject({ event: eventName, match: path })).default([]),
});

/** A job that the embedded engine cannot run. The message names the job and the reason. */
class UnsupportedFunction extends Error {
  constructor(id: string, why: string) {
    super(`The embedded job engine cannot run "${id}": ${why}`);
    this.name = "UnsupportedFunction";
  }
}

function parseOptions(fn: InngestFunction.Any) {
  const parsed = options.safeParse(fn.opts);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim());
  throw new UnsupportedFunction(fn.id(), why.join("; "));
}

/**
 * Reads the options of all jobs. The steps need no reading: `createJob` gives a job only those that
 * the engine runs.
 * @throws UnsupportedFunction for an option that the engine would not honour.
 */
export function readCatalog(appId: string, list: readonly InngestFunction.Any[]): Catalog {
  const functions = new Map<string, JobFunction>();
  const triggers: Array<{ event: string; function_id: string }> = [];
  const cancellations: Array<{ function_id: string; event: string; path: string[] }> = [];
  for (const fn of list) {
    const parsed = parseOptions(fn);
    const id = fn.id(appId);
    if (functions.has(id)) throw new UnsupportedFunction(fn.id(), "the id is used twice");
    const schedules: Schedule[] = [];
    for (const trigger of parsed.triggers) {
      if ("cron" in trigger) schedules.push(trigger.cron);
      else triggers.push({ event: trigger.event, function_id: id });
    }
    functions.set(id, { id, maxAttempts: parsed.retries + 1, schedules });
    for (const { event, match } of parsed.cancelOn) {
      cancellations.push({ function_id: id, event, path: match });
    }
  }
  return {
    functions,
    triggers: JSON.stringify(triggers),
    cancellations: JSON.stringify(cancellations),
  };
}
