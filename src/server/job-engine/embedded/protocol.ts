import { z } from "zod";
import { backoffMs } from "./backoff";
import type { JobFunction } from "./catalog";
import type { ClaimedRun, Step } from "./runs";
import type { Outcome, StoredError } from "./save";

/** The SDK's serve() handler. */
export type Serve = (request: Request) => Promise<Response>;

/** One call of a job: it takes the step that follows the saved ones. */
export type Call = { run: ClaimedRun; steps: Step[]; attempt: number };

/** A response of the SDK with its body parsed. */
export type SdkResponse = { status: number; body: unknown; noRetry: boolean };

/** Calls a job through the SDK, as an Inngest server would. */
export async function callSdk(serve: Serve, fn: JobFunction, call: Call): Promise<SdkResponse> {
  const { run } = call;
  const ended = call.steps.filter(({ status }) => status !== "SLEEPING");
  const memo = ended.map(({ id, status, data, error }) => [
    id,
    status === "FAILED" ? { type: "error", error } : { type: "data", data: data ?? null },
  ]);
  const url = new URL("http://embedded.invalid/api/inngest");
  url.searchParams.set("fnId", fn.id);
  url.searchParams.set("stepId", "step");
  const body = {
    version: -1,
    event: run.event,
    events: [run.event],
    steps: Object.fromEntries(memo),
    ctx: {
      run_id: run.runId,
      attempt: call.attempt,
      max_attempts: fn.maxAttempts,
      disable_immediate_execution: false,
      use_api: false,
      stack: { stack: ended.map(({ id }) => id), current: ended.length },
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

const LONGEST_MESSAGE = 500;

/** Shortens an error for storage. Of Prisma's message only the last line: the others quote values. */
export function toStoredError(error: unknown): StoredError {
  const { name, message } = (error ?? {}) as Partial<StoredError>;
  const text = String(message ?? "unknown error").trim();
  const kept = text.includes("invocation") ? (text.split("\n").at(-1) ?? "") : text;
  return { name: String(name ?? "Error"), message: kept.slice(0, LONGEST_MESSAGE) };
}

/** Translates the SDK's response into what is saved. */
export function interpret(
  response: SdkResponse,
  fn: JobFunction,
  { attempt }: Call,
  { ms, backoffBaseMs }: { ms: number; backoffBaseMs: number },
): Outcome {
  const isLastTry = response.noRetry || attempt + 1 >= fn.maxAttempts;
  const fail = (error: StoredError): Outcome => {
    const failed = { stepName: null, attempt, outcome: "FAILED" as const, error, ms };
    return { status: "FAILED", attempt, error, tried: failed };
  };
  const retryAfter = (stepName: string | null, error: StoredError): Outcome => ({
    status: "QUEUED",
    attempt: attempt + 1,
    delayMs: backoffMs(attempt + 1, backoffBaseMs),
    tried: { stepName, attempt, outcome: "FAILED", error, ms },
  });

  if (response.status === 200) return { status: "COMPLETED", attempt, output: response.body };
  if (response.status !== 206) {
    const error = toStoredError(response.body);
    return isLastTry ? fail(error) : retryAfter(null, error);
  }

  const [operation, ...others] = operations.parse(response.body);
  const unsupported = (what: string) =>
    fail({
      name: "UnsupportedFunction",
      message: `${fn.id} uses ${what}, which the embedded engine does not offer`,
    });
  if (!operation || others.length > 0) return unsupported("parallel steps");
  const { id, op } = operation;
  const name = operation.displayName ?? operation.name ?? id;
  const step = { id, name, attempt };

  if (op === "Sleep") {
    const end = z.iso.datetime({ offset: true }).safeParse(operation.name);
    if (!end.success) return unsupported(`a sleep without an instant ("${name}")`);
    return {
      status: "SLEEPING",
      attempt: 0,
      dueAt: end.data,
      step: { ...step, attempt: 0, status: "SLEEPING" },
    };
  }
  if (op === "StepRun") {
    return {
      status: "RUNNING",
      attempt: 0,
      step: { ...step, status: "COMPLETED", data: operation.data ?? null },
      tried: { stepName: name, attempt, outcome: "COMPLETED", ms },
    };
  }
  if (op === "StepError" || op === "StepFailed") {
    const error = toStoredError(operation.error);
    if (op === "StepError" && !isLastTry) return retryAfter(name, error);
    // The job receives the error and may catch it.
    return {
      status: "RUNNING",
      attempt: 0,
      step: { ...step, status: "FAILED", error },
      tried: { stepName: name, attempt, outcome: "FAILED", error, ms },
    };
  }
  return unsupported(`${op} ("${name}")`);
}
