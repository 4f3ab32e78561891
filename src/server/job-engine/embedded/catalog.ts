import type { InngestFunction } from "inngest";
import { z } from "zod";
import { parseSchedule, type Schedule } from "./cron";

/** What the engine knows of a function. */
export type JobFunction = {
  id: string;
  maxAttempts: number;
  schedules: Schedule[];
  /** The function that is run once this one has failed for good. */
  failureId: string | null;
};

/** Every function, and what starts and ends its runs as the JSON that SQL joins with. */
export type Catalog = {
  functions: ReadonlyMap<string, JobFunction>;
  triggers: string;
  cancellations: string;
};

const eventName = z
  .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
  .refine((name) => !name.includes("*"), "wildcards are not offered")
  .refine((name) => !name.startsWith("inngest/"), "Inngest's own events are not offered");

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

// Strict: an option that the engine does not know is an option that it would silently ignore.
const trigger = z.union([
  z.strictObject({ cron: schedule }),
  z.strictObject({ event: eventName }),
  // An EventType, as client.ts's event() makes it.
  z.looseObject({ event: eventName, schema: z.unknown() }).refine((type) => !("if" in type)),
]);

const options = z.strictObject({
  id: z.string().regex(/^[\w-]+$/),
  name: z.string().optional(),
  description: z.string().optional(),
  triggers: z.array(trigger).min(1),
  retries: z.int().min(0).max(20).default(3),
  cancelOn: z.array(z.strictObject({ event: eventName, match: path.default([]) })).default([]),
  onFailure: z.unknown().optional(),
  checkpointing: z.literal(false).optional(),
});

/** Steps that need an Inngest server. A step is only seen once it runs, so the source is looked at. */
const ABSENT =
  /\.\s*(waitForEvent|waitForSignal|sendSignal|invoke|fetch|ai\s*\.\s*(?:infer|wrap)|realtime)\s*\(/;

/** A function that the embedded engine cannot run; the message names it and what it asks for. */
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

function refuseAbsentSteps(fn: InngestFunction.Any): void {
  for (const handler of [Reflect.get(fn, "fn"), Reflect.get(fn, "onFailureFn")]) {
    const step = ABSENT.exec(typeof handler === "function" ? handler.toString() : "")?.[1];
    if (step) throw new UnsupportedFunction(fn.id(), `step.${step} is not offered`);
  }
}

/** Reads the functions. @throws UnsupportedFunction for whatever the engine would not honour. */
export function readCatalog(appId: string, list: readonly InngestFunction.Any[]): Catalog {
  const functions = new Map<string, JobFunction>();
  const triggers: Array<{ event: string; function_id: string }> = [];
  const cancellations: Array<{ function_id: string; event: string; path: string[] }> = [];
  for (const fn of list) {
    refuseAbsentSteps(fn);
    const parsed = parseOptions(fn);
    const id = fn.id(appId);
    if (functions.has(id)) throw new UnsupportedFunction(fn.id(), "the id is used twice");
    const failureId = parsed.onFailure ? `${id}-failure` : null;
    const schedules = parsed.triggers.flatMap((one) =>
      "cron" in one ? [one.cron as Schedule] : [],
    );
    functions.set(id, { id, maxAttempts: parsed.retries + 1, schedules, failureId });
    // The SDK itself gives a failure handler one retry.
    if (failureId) {
      functions.set(failureId, { id: failureId, maxAttempts: 2, schedules: [], failureId: null });
    }
    for (const one of parsed.triggers) {
      if ("event" in one) triggers.push({ event: one.event as string, function_id: id });
    }
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
