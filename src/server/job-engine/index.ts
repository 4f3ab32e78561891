import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { logger } from "../platform/logger";
import { createSweeper, type Sweep } from "../platform/sweep";
import { createEngine, type EngineOptions } from "./embedded/engine";
import { handOver } from "./handover";
import { recordJobHealth } from "./health";
import { jobMode } from "./mode";
import { relayToServer } from "./relay";
import { registerWithServer } from "./server";

const BUSY_MS = 100;
const IDLE_MS = 1000;
const FAILED_MS = 3000;
const STOP_MS = 8000;
/** How often a process checks whether a sweep is due. */
const SWEEP_CHECK_MS = 3000;

/** The jobs of this process. */
export type Jobs = {
  /** Stops after the running steps, so that another process can continue the runs. */
  stop: () => Promise<void>;
  /** For tests: resolves when no work is due. */
  drain: (boundMs?: number) => Promise<void>;
};

type Worker = {
  pass: () => Promise<boolean>;
  isIdle: () => Promise<boolean>;
  stop: (boundMs: number) => Promise<void>;
};

/** The worker with an Inngest server: it only sends the outbox. */
const serverWorker: Worker = {
  pass: async () => (await relayToServer()) > 0,
  isIdle: async () => (await relayToServer()) === 0,
  stop: async () => undefined,
};

/** Repeats `work` until the signal aborts. `work` returns the pause before the next time. */
async function repeat(
  what: string,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await work().catch((err) => {
      logger.warn({ err }, `${what} could not check for work`);
      return FAILED_MS;
    });
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Starts the relay, the sweeps and, unless an Inngest server is configured, the embedded engine.
 * @throws UnsupportedFunction for a function that the embedded engine cannot run.
 */
export function startJobs(
  functions: readonly InngestFunction.Any[],
  { sweeps = [], ...options }: EngineOptions & { sweeps?: readonly Sweep[] } = {},
): Jobs {
  const isEmbedded = jobMode().kind === "embedded";
  const worker: Worker = isEmbedded ? createEngine(functions, options) : serverWorker;
  const sweeper = createSweeper(sweeps);
  const stopped = new AbortController();
  const { signal } = stopped;
  recordJobHealth("healthy");
  if (!isEmbedded) void registerWithServer(functions, signal);

  let pause = BUSY_MS;
  let isHandedOver = isEmbedded;
  const working = repeat("jobs", signal, async () => {
    if (!isHandedOver) await handOver();
    isHandedOver = true;
    const busy = await worker.pass();
    recordJobHealth("healthy");
    // Poll soon after work, because more may follow. Without work, poll less and less often.
    pause = busy ? BUSY_MS : Math.min(IDLE_MS, pause * 1.5);
    return pause;
  });
  const sweeping = repeat("sweeps", signal, async () => {
    await sweeper.pass();
    return SWEEP_CHECK_MS;
  });
  return {
    async stop() {
      stopped.abort();
      await Promise.all([working, sweeping]);
      const late = sleep(STOP_MS, undefined, { ref: false });
      await Promise.all([worker.stop(STOP_MS), Promise.race([sweeper.settled(), late])]);
      recordJobHealth("stopped");
    },
    async drain(boundMs = 20_000) {
      const end = Date.now() + boundMs;
      while (!(await worker.isIdle())) {
        if (Date.now() > end) throw new Error("jobs are still due");
        await sleep(20);
      }
    },
  };
}
