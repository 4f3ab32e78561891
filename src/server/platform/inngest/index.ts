import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { logger } from "../logger";
import { createEngine, type EngineOptions } from "./engine/engine";
import { noteJobs } from "./health";
import { jobMode } from "./mode";
import { relayToServer } from "./relay";
import { registerWithServer } from "./server";

const BUSY_MS = 100;
const IDLE_MS = 1000;
const FAILED_MS = 3000;
const STOP_MS = 8000;

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

/**
 * Starts the relay and, unless an Inngest server is configured, the embedded engine.
 * @throws UnsupportedFunction for a function that the embedded engine cannot run.
 */
export function startJobs(
  functions: readonly InngestFunction.Any[],
  options: EngineOptions = {},
): Jobs {
  const isEmbedded = jobMode().kind === "embedded";
  const worker: Worker = isEmbedded ? createEngine(functions, options) : serverWorker;
  const stopped = new AbortController();
  noteJobs("well");
  if (!isEmbedded) void registerWithServer(functions, stopped.signal);

  async function work(): Promise<void> {
    let pause = BUSY_MS;
    while (!stopped.signal.aborted) {
      try {
        const busy = await worker.pass();
        noteJobs("well");
        // Soon again after work, slower and slower without: what is due rarely comes alone.
        pause = busy ? BUSY_MS : Math.min(IDLE_MS, pause * 1.5);
      } catch (err) {
        logger.warn({ err }, "jobs could not look for work");
        pause = FAILED_MS;
      }
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  const working = work();
  return {
    async stop() {
      stopped.abort();
      await working;
      await worker.stop(STOP_MS);
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
