import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "../../platform/logger";
import type { JobFunction } from "./catalog";
import { type Call, callSdk, interpret, type SdkResponse, type Serve } from "./protocol";
import { type ClaimedRun, extendLease, readSteps, releaseRun } from "./runs";
import { type Outcome, saveOutcome } from "./save";

const MAX_CALLS = 1000;
/** A run fails after so many processes died while they worked on it. */
const MAX_LOST = 20;

export type Driver = {
  serve: Serve;
  backoffBaseMs: number;
  /** How long one step may take before its try counts as failed. */
  stepTimeoutMs: number;
  isStopping: () => boolean;
};

/**
 * Drives a claimed run until it ends, sleeps or waits for a retry, or until this process stops. The
 * outcome of each call is saved before the next call, so a crash repeats at most one step.
 */
export async function driveRun(driver: Driver, fn: JobFunction, run: ClaimedRun): Promise<void> {
  if (run.lost > MAX_LOST) {
    const message = `the process died ${run.lost} times at this step`;
    await saveOutcome(run, {
      status: "FAILED",
      attempt: run.attempt,
      error: { name: "Lost", message },
    });
    return;
  }
  let { attempt } = run;
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    if (calls > 0 && driver.isStopping()) break;
    const steps = calls === 0 && run.isNew ? [] : await readSteps(run.runId);
    const outcome = await callOnce(driver, fn, { run, steps, attempt });
    if (!(await save(run, outcome)) || outcome.status !== "RUNNING") return;
    attempt = outcome.attempt;
  }
  await releaseRun(run);
}

async function callOnce(driver: Driver, fn: JobFunction, call: Call): Promise<Outcome> {
  const { run } = call;
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
    const response = await Promise.race([
      callSdk(driver.serve, fn, call),
      timeOut(driver.stepTimeoutMs),
    ]);
    return interpret(response, fn, call, timing());
  } catch (error) {
    // A response that cannot be parsed counts as a failed try. The lease is kept.
    logger.error({ err: error, runId: run.runId, functionId: fn.id }, "job call failed");
    return interpret(failedResponse(error), fn, call, timing());
  } finally {
    clearInterval(heartbeat);
  }
}

const failedResponse = (body: unknown): SdkResponse => ({ status: 500, body, noRetry: false });

/** Counts a try as failed after `ms`, so that a step that hangs does not hold its place for ever. */
async function timeOut(ms: number): Promise<SdkResponse> {
  await sleep(ms, undefined, { ref: false });
  const message = `the step took longer than ${ms / 1000} s`;
  return failedResponse({ name: "Timeout", message });
}

const SAVE_PAUSES_MS = [100, 1000, 3000];

/** Saves an outcome, with retries: a short database outage must not make a finished step run again. */
async function save(run: ClaimedRun, outcome: Outcome): Promise<boolean> {
  for (const pause of SAVE_PAUSES_MS) {
    try {
      return await saveOutcome(run, outcome);
    } catch (err) {
      logger.warn({ err, runId: run.runId }, "job outcome not saved yet");
      await sleep(pause);
    }
  }
  return saveOutcome(run, outcome);
}
