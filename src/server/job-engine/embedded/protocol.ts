import { z } from "zod";
import { backoffMs, retryAfterMs } from "./backoff";
import type { JobFunction } from "./catalog";
import type { ClaimedRun, Step } from "./runs";
import type { Outcome, StepChange, StoredError } from "./save";

/** The SDK's serve() handler. */
export type Serve = (request: Request) => Promise<Response>;

/** What a move is about: a step that was found earlier, or whatever the function does next. */
export type Move = { run: ClaimedRun; steps: Step[]; requested: Step | null; attempt: number };

/** An answer of the SDK, with its body read. */
export type Answer = { status: number; body: unknown; noRetry: boolean; retryAfter: string | null };

const isOpen = ({ status }: Step) => status === "PLANNED" || status === "SLEEPING";
const isDone = (step: Step) => !isOpen(step);

/** Asks the SDK to make a move, as an Inngest server would. */
export async function callSdk(serve: Serve, fn: JobFunction, move: Move): Promise<Answer> {
  const { run, requested } = move;
  const done = move.steps.filter(isDone);
  const memo = done.map(({ id, status, data, error }) => [
    id,
    status === "FAILED" ? { type: "error", error } : { type: "data", data: data ?? null },
  ]);
  const url = new URL("http://embedded.invalid/api/inngest");
  url.searchParams.set("fnId", fn.id);
  url.searchParams.set("stepId", requested?.id ?? "step");
  const body = {
    version: -1,
    event: run.event,
    events: [run.event],
    steps: Object.fromEntries(memo),
    ctx: {
      run_id: run.runId,
      attempt: move.attempt,
      max_attempts: fn.maxAttempts,
      // With several steps open each is asked for by itself.
      disable_immediate_execution: move.steps.some(isOpen),
      use_api: false,
      stack: { stack: done.map(({ id }) => id), current: done.length },
    },
  };
  const response = await serve(
    new Request(url, {
      method: "POST",
      headers: { host: url.host, "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  const text = await response.text();
  return {
    status: response.status,
    body: text ? JSON.parse(text) : null,
    noRetry: response.headers.get("x-inngest-no-retry") === "true",
    retryAfter: response.headers.get("retry-after"),
  };
}

const operations = z.array(
  z.looseObject({
    id: z.string(),
    op: z.string(),
    name: z.string().nullish(),
    displayName: z.string().nullish(),
    data: z.unknown().optional(),
    error: z.unknown().optional(),
  }),
);
type Operation = z.infer<typeof operations>[number];

const LONGEST_MESSAGE = 500;

/** What is kept of an error. Of Prisma's only the last line: the others quote the query's values. */
export function toStoredError(error: unknown): StoredError {
  const { name, message } = (error ?? {}) as Partial<StoredError>;
  const text = String(message ?? "unknown error").trim();
  const kept = text.includes("invocation") ? (text.split("\n").at(-1) ?? "") : text;
  return { name: String(name ?? "Error"), message: kept.slice(0, LONGEST_MESSAGE) };
}

const UNITS: Record<string, number> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** When a sleep ends: the SDK gives an instant, or a duration such as `1h30m`. */
export function sleepEnd(text: string): { dueAt: string } | { delayMs: number } {
  if (/^[+-]?\d+-\d\d-\d\dT/.test(text)) return { dueAt: text };
  const parts = [...text.matchAll(/(\d+)([wdhms])/g)];
  if (parts.length === 0) throw new Error("the function sleeps for a time that is not understood");
  const seconds = parts.reduce((sum, [, n, unit = "s"]) => sum + Number(n) * (UNITS[unit] ?? 0), 0);
  return { delayMs: seconds * 1000 };
}

/** Turns an answer into what is to be written. */
export function interpret(
  answer: Answer,
  fn: JobFunction,
  move: Move,
  timing: { ms: number; backoffBaseMs: number },
): Outcome {
  const { ms } = timing;
  const { attempt, requested } = move;
  const nothing = { steps: [], tries: [], attempt };
  const delayMs = retryAfterMs(answer.retryAfter) ?? backoffMs(attempt + 1, timing.backoffBaseMs);
  const isLastTry = answer.noRetry || attempt + 1 >= fn.maxAttempts;
  const fail = (error: StoredError): Outcome => ({
    ...nothing,
    status: "FAILED",
    error,
    tries: [{ stepName: null, attempt, outcome: "FAILED", error, ms }],
    ...(fn.failureId && { failure: { functionId: fn.failureId, appFunctionId: fn.id } }),
  });

  if (answer.status === 200) return { ...nothing, status: "COMPLETED", output: answer.body };
  if (answer.status !== 206) {
    const error = toStoredError(answer.body);
    if (isLastTry) return fail(error);
    const stepName = requested?.name ?? null;
    const tries = [{ stepName, attempt, outcome: "FAILED" as const, error, ms }];
    if (!requested) return { ...nothing, status: "QUEUED", attempt: attempt + 1, delayMs, tries };
    const { id, name } = requested;
    const again = { id, name, status: "PLANNED" as const, attempt: attempt + 1, delayMs };
    return { steps: [again], status: "RUNNING", attempt: 0, tries };
  }

  const outcome: Outcome = { ...nothing, status: "RUNNING", attempt: 0 };
  for (const operation of operations.parse(answer.body)) {
    const { id, op, error: thrown } = operation;
    const name = operation.displayName ?? operation.name ?? id;
    const step = { id, name, attempt: 0 };
    if (op === "StepPlanned") outcome.steps.push({ ...step, status: "PLANNED" });
    else if (op === "Sleep") outcome.steps.push(asSleep(step, operation));
    else if (op === "StepRun") {
      outcome.steps.push({ ...step, status: "COMPLETED", attempt, data: operation.data ?? null });
      outcome.tries.push({ stepName: name, attempt, outcome: "COMPLETED", ms });
    } else if (op === "StepError" || op === "StepFailed") {
      const error = toStoredError(thrown);
      outcome.tries.push({ stepName: name, attempt, outcome: "FAILED", error, ms });
      if (op === "StepFailed" || isLastTry) {
        // The function is told, and may catch it.
        outcome.steps.push({ ...step, status: "FAILED", attempt, error });
      } else if (requested) {
        outcome.steps.push({ ...step, status: "PLANNED", attempt: attempt + 1, delayMs });
      } else Object.assign(outcome, { status: "QUEUED", attempt: attempt + 1, delayMs });
    } else {
      const message = `${fn.id} uses ${op} ("${name}"), which the embedded engine does not offer`;
      return fail({ name: "UnsupportedFunction", message });
    }
  }
  return outcome;
}

function asSleep(step: { id: string; name: string; attempt: number }, op: Operation): StepChange {
  return { ...step, status: "SLEEPING", ...sleepEnd(op.name ?? "") };
}
