import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { logger } from "../platform/logger";
import { createSweeper, type Sweep } from "../platform/sweep";
import { createEngine, type EngineOptions } from "./embedded/engine";
import { handOver } from "./handover";
import { noteJobs } from "./health";
import { jobMode } from "./mode";
import { relayToServer } from "./relay";
import { registerWithServer } from "./server";

const BUSY_MS = 100;
const IDLE_MS = 1000;
const FAILED_MS = 3000;
const STOP_MS = 8000;
/** How often a process asks whether a sweep is due. */
const SWEEP_LOOK_MS = 3000;

/** The jobs of this process. */
export type Jobs = {
  /** Ends after what runs has come to a point where another process can go on. */
  stop: () => Promise<void>;
  /** For tests: resolves once nothing is left that is due now. */
  drain: (boundMs?: number) => Promise<void>;
};

type Worker = {
  pass: () => Promise<boolean>;
  isIdle: () => Promise<boolean>;
  stop: (boundMs: number) => Promise<void>;
};

/** With an Inngest server there is only the outbox to carry. */
const serverWorker: Worker = {
  pass: async () => (await relayToServer()) > 0,
  isIdle: async () => (await relayToServer()) === 0,
  stop: async () => undefined,
};

/** What a process does again and again: by the pause that follows each time. */
async function repeat(
  what: string,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<void> {
  while (!signal.aborted) {
    const pause = await work().catch((err) => {
      logger.warn({ err }, `${what} could not look for work`);
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
  noteJobs("well");
  if (!isEmbedded) void registerWithServer(functions, signal);

  let pause = BUSY_MS;
  let isHandedOver = isEmbedded;
  const working = repeat("jobs", signal, async () => {
    if (!isHandedOver) await handOver();
    isHandedOver = true;
    const busy = await worker.pass();
    noteJobs("well");
    // Soon again after work, slower and slower without: what is due rarely comes alone.
    pause = busy ? BUSY_MS : Math.min(IDLE_MS, pause * 1.5);
    return pause;
  });
  const sweeping = repeat("sweeps", signal, async () => {
    await sweeper.pass();
    return SWEEP_LOOK_MS;
  });
  return {
    async stop() {
      stopped.abort();
      await Promise.all([working, sweeping]);
      const late = sleep(STOP_MS, undefined, { ref: false });
      await Promise.all([worker.stop(STOP_MS), Promise.race([sweeper.settled(), late])]);
      noteJobs("stopped");
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
