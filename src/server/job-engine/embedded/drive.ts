import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "../../platform/logger";
import type { JobFunction } from "./catalog";
import { currentMove } from "./events";
import { type Answer, callSdk, interpret, type Move, type Serve } from "./protocol";
import { type ClaimedRun, extendLease, parkRun, readSteps, releaseRun, type Step } from "./runs";
import { type Outcome, saveOutcome } from "./save";

const MOST_MOVES = 1000;
/** A run that keeps killing its process is given up after this many. */
const MOST_LOST = 20;

export type Driver = {
  serve: Serve;
  backoffBaseMs: number;
  /** How long one step may take before its try counts as failed. */
  stepTimeoutMs: number;
  isStopping: () => boolean;
};

/**
 * Takes a claimed run as far as it goes: until it ends, waits, or this process stops. Each move is
 * remembered before the next, so a crash repeats one step at most.
 */
export async function driveRun(driver: Driver, fn: JobFunction, run: ClaimedRun): Promise<void> {
  if (run.lost > MOST_LOST) {
    await saveOutcome(run, diedTooOften(fn, run));
    return;
  }
  let attempt = run.attempt;
  let isNewsForFunction = true;
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    if (moves > 0 && driver.isStopping()) break;
    const steps = moves === 0 && run.isNew ? [] : await readSteps(run.runId);
    const requested = steps.find(({ status, due }) => status === "PLANNED" && due) ?? null;
    if (!requested && !isNewsForFunction) return parkRun(run);
    const move = { run, steps, requested, attempt: requested?.attempt ?? attempt };
    const outcome = asWait(move, await makeMove(driver, fn, move));
    if (!(await save(run, outcome)) || outcome.status !== "RUNNING") return;
    attempt = requested ? attempt : outcome.attempt;
    isNewsForFunction = requested !== null || outcome.steps.some(isEnded);
  }
  await releaseRun(run);
}

/** Where all that a function does is sleep, its run sleeps with it: the usual case, in one write. */
function asWait({ steps }: Move, outcome: Outcome): Outcome {
  const [step, ...others] = outcome.steps;
  const isAlone = step?.status === "SLEEPING" && others.length === 0 && steps.every(isEnded);
  if (!isAlone || outcome.status !== "RUNNING") return outcome;
  return { ...outcome, status: "SLEEPING", dueAt: step.dueAt, delayMs: step.delayMs };
}

const isEnded = ({ status }: Pick<Step, "status">) => status === "COMPLETED" || status === "FAILED";

function diedTooOften(fn: JobFunction, run: ClaimedRun): Outcome {
  return {
    status: "FAILED",
    attempt: run.attempt,
    steps: [],
    tries: [],
    error: { name: "Lost", message: `the process died ${run.lost} times at this step` },
    ...(fn.failureId && { failure: { functionId: fn.failureId, appFunctionId: fn.id } }),
  };
}

async function makeMove(driver: Driver, fn: JobFunction, move: Move): Promise<Outcome> {
  const { run, steps, requested } = move;
  // What the step sends keeps its id when the step is repeated.
  const seed = JSON.stringify([run.runId, requested?.id ?? steps.length]);
  const heartbeat = setInterval(
    () => {
      extendLease(run).catch((err) => logger.warn({ err, runId: run.runId }, "lease not extended"));
    },
    (run.leaseSeconds * 1000) / 3,
  );
  const started = performance.now();
  const timing = () => {
    const ms = Math.round(performance.now() - started);
    return { ms, backoffBaseMs: driver.backoffBaseMs };
  };
  try {
    const answer = await Promise.race([
      currentMove.run({ seed, sent: 0 }, () => callSdk(driver.serve, fn, move)),
      tooLate(driver.stepTimeoutMs),
    ]);
    return interpret(answer, fn, move, timing());
  } catch (error) {
    // An answer that is not understood is a failed try like any other, not a lost lease.
    logger.error({ err: error, runId: run.runId, functionId: fn.id }, "job move failed");
    return interpret(failed(error), fn, move, timing());
  } finally {
    clearInterval(heartbeat);
  }
}

const failed = (body: unknown): Answer => ({ status: 500, body, noRetry: false, retryAfter: null });

/** A step that hangs must not hold its place for ever; its try counts as failed. */
async function tooLate(ms: number): Promise<Answer> {
  await sleep(ms, undefined, { ref: false });
  return failed({ name: "Timeout", message: `the step took longer than ${ms / 1000} s` });
}

const SAVE_PAUSES_MS = [100, 1000, 3000];

/** A moment without database must not make a finished step run again. */
async function save(run: ClaimedRun, outcome: Outcome): Promise<boolean> {
  for (const pause of SAVE_PAUSES_MS) {
    try {
      return await saveOutcome(run, outcome);
    } catch (err) {
      logger.warn({ err, runId: run.runId }, "job outcome not written yet");
      await sleep(pause);
    }
  }
  return saveOutcome(run, outcome);
}
