import { setTimeout as sleep } from "node:timers/promises";
import type { InngestFunction } from "inngest";
import { serve } from "inngest/edge";
import { db } from "../../platform/db";
import { logger } from "../../platform/logger";
import { APP_ID, inngest } from "../client";
import { relayToEngine } from "../relay";
import { readCatalog } from "./catalog";
import { type Driver, driveRun } from "./drive";
import { cancelRuns, deliverEvents, startTick } from "./events";
import { claimRuns } from "./runs";

export type EngineOptions = {
  /** Runs that are driven at once in this process. */
  concurrency?: number;
  /** The wait after a first failure; it doubles with each further one. */
  backoffBaseMs?: number;
  stepTimeoutMs?: number;
  /** A lease outlives a heartbeat that comes late, and no more: its end is how a crash is noticed. */
  leaseSeconds?: number;
};

export type Engine = {
  /** One look at all there is to do. @returns whether there was anything. */
  pass: () => Promise<boolean>;
  /** Whether nothing runs here and nothing anywhere is due. */
  isIdle: () => Promise<boolean>;
  /** Lets go of every run at its next step, then ends; within `boundMs`, whatever hangs. */
  stop: (boundMs: number) => Promise<void>;
};

/** Deliveries that may still be under way beside ours. */
const LOOK_BACK_MINUTES = 5;
const SWEEP_MS = 60_000;
const SWEEP_BACK_MINUTES = 24 * 60;

type Pending = { now: Date; outbox: boolean; events: boolean; runs: boolean };

/** One small query: all that an idle engine asks for. */
async function look(functionIds: string[]): Promise<Pending> {
  const [pending] = await db.$queryRaw<Pending[]>`
    SELECT app_now() AS now, EXISTS (SELECT FROM outbox) AS outbox,
           EXISTS (SELECT FROM job_events WHERE delivered_at IS NULL) AS events,
           EXISTS (SELECT FROM job_runs
                    WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()
                      AND (leased_until IS NULL OR leased_until < clock_timestamp())
                      AND function_id = ANY(${functionIds}::text[])) AS runs`;
  if (!pending) throw new Error("the database gave no row");
  return pending;
}

/** @throws UnsupportedFunction before anything runs. */
export function createEngine(
  functions: readonly InngestFunction.Any[],
  options: EngineOptions = {},
): Engine {
  const { concurrency = 3, backoffBaseMs = 2000, leaseSeconds = 30 } = options;
  const { stepTimeoutMs = 5 * 60_000 } = options;
  const catalog = readCatalog(APP_ID, functions);
  const functionIds = [...catalog.functions.keys()];
  const driven = new Set<Promise<void>>();
  const lastTicks = new Map<string, number>();
  let stopping = false;
  let lastSweep = 0;
  let lastMinute = Number.NaN;
  let isClaiming = false;
  let mayBeMore = false;
  const driver: Driver = {
    serve: serve({ client: inngest, functions }),
    backoffBaseMs,
    stepTimeoutMs,
    isStopping: () => stopping,
  };

  async function tick(now: Date): Promise<boolean> {
    // Schedules have no seconds, and to read them ten times a second is work that bookings wait for.
    const minute = Math.floor(now.getTime() / 60_000);
    if (minute === lastMinute) return false;
    let any = false;
    for (const { id, schedules } of catalog.functions.values()) {
      for (const { expression, latest } of schedules) {
        const key = `${id} ${expression}`;
        const tickAt = latest(now);
        const known = lastTicks.get(key);
        if (!tickAt || known === tickAt.getTime()) continue;
        // The first look only makes up for a tick that fell into a time with no process.
        const started = await startTick(id, expression, tickAt, known === undefined);
        lastTicks.set(key, tickAt.getTime());
        any ||= started;
      }
    }
    lastMinute = minute;
    return any;
  }

  /** Late cancellations: those whose delivery died between the event and its effect. */
  async function sweep(): Promise<void> {
    if (Date.now() - lastSweep < SWEEP_MS) return;
    await cancelRuns(catalog, SWEEP_BACK_MINUTES);
    lastSweep = Date.now();
  }

  async function claim(): Promise<void> {
    const free = concurrency - driven.size;
    if (stopping || isClaiming || free <= 0) return;
    isClaiming = true;
    const runs = await claimRuns(functionIds, free, leaseSeconds).finally(() => {
      isClaiming = false;
    });
    mayBeMore = runs.length === free;
    for (const run of runs) {
      const fn = catalog.functions.get(run.functionId);
      if (!fn) continue;
      const driving = driveRun(driver, fn, run)
        // The lease runs out by itself, and the run is taken up again.
        .catch((err) => logger.error({ err, runId: run.runId, functionId: fn.id }, "job run left"))
        .finally(() => {
          driven.delete(driving);
          // A queue is worked off without waiting for the next look at it.
          if (mayBeMore) claim().catch((err) => logger.warn({ err }, "jobs could not be claimed"));
        });
      driven.add(driving);
    }
  }

  return {
    async pass() {
      const { now, outbox, events, runs } = await look(functionIds);
      const ticked = await tick(now);
      const relayed = outbox ? await relayToEngine() : 0;
      if (events || relayed > 0) {
        await deliverEvents(catalog);
        await cancelRuns(catalog, LOOK_BACK_MINUTES);
      }
      await sweep();
      if (ticked || events || relayed > 0 || runs) await claim();
      return outbox || events || runs || driven.size > 0;
    },
    async isIdle() {
      if (driven.size > 0) return false;
      const { outbox, events, runs } = await look(functionIds);
      return !outbox && !events && !runs && driven.size === 0;
    },
    async stop(boundMs) {
      stopping = true;
      const end = Date.now() + boundMs;
      while ((isClaiming || driven.size > 0) && Date.now() < end) await sleep(10);
    },
  };
}
