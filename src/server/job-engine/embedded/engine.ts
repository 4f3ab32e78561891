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
  /** How many runs this process drives at a time. */
  concurrency?: number;
  /** The wait after the first failure. It doubles with each further failure. */
  backoffBaseMs?: number;
  stepTimeoutMs?: number;
  /** Long enough for a late heartbeat. Longer would delay the runs of a crashed process. */
  leaseSeconds?: number;
};

export type Engine = {
  /** Starts what is due now. @returns whether anything was due. */
  pass: () => Promise<boolean>;
  /** Whether this process drives no run and nothing is due in the database. */
  isIdle: () => Promise<boolean>;
  /** Releases each run before its next step, then resolves; after `boundMs` at the latest. */
  stop: (boundMs: number) => Promise<void>;
};

/** How far back a delivery looks for cancelling events, which another process may have delivered. */
const LOOK_BACK_MINUTES = 5;
const MISSED_CANCELLATIONS_MS = 60_000;
const MISSED_CANCELLATIONS_MINUTES = 24 * 60;

type Pending = { now: Date; outbox: boolean; events: boolean; runs: boolean };

/** Reads what is due, in one small query: an idle engine sends no other. */
async function readPending(functionIds: string[]): Promise<Pending> {
  const [pending] = await db.$queryRaw<Pending[]>`
    SELECT app_now() AS now, EXISTS (SELECT FROM outbox) AS outbox,
           EXISTS (SELECT FROM job_events WHERE delivered_at IS NULL) AS events,
           EXISTS (SELECT FROM job_runs
                    WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING') AND due_at <= app_now()
                      AND (leased_until IS NULL OR leased_until < clock_timestamp())
                      AND function_id = ANY(${functionIds}::text[])) AS runs`;
  if (!pending) throw new Error("the database returned no row");
  return pending;
}

/** Creates the engine. @throws UnsupportedFunction before any job runs. */
export function createEngine(
  functions: readonly InngestFunction.Any[],
  options: EngineOptions = {},
): Engine {
  const { concurrency = 3, backoffBaseMs = 2000, leaseSeconds = 30 } = options;
  const { stepTimeoutMs = 5 * 60_000 } = options;
  const catalog = readCatalog(APP_ID, functions);
  const functionIds = [...catalog.functions.keys()];
  const driving = new Set<Promise<void>>();
  const lastTicks = new Map<string, number>();
  let stopping = false;
  let lastMissedAt = 0;
  let lastMinute = Number.NaN;
  let isClaiming = false;
  let mayHaveMore = false;
  const driver: Driver = {
    serve: serve({ client: inngest, functions }),
    backoffBaseMs,
    stepTimeoutMs,
    isStopping: () => stopping,
  };

  async function tick(now: Date): Promise<boolean> {
    // Schedules have no seconds. Evaluating them on every pass would cost CPU time that requests need.
    const minute = Math.floor(now.getTime() / 60_000);
    if (minute === lastMinute) return false;
    let any = false;
    for (const { id, schedules } of catalog.functions.values()) {
      for (const { expression, latest } of schedules) {
        const key = `${id} ${expression}`;
        const tickAt = latest(now);
        const known = lastTicks.get(key);
        if (!tickAt || known === tickAt.getTime()) continue;
        // The first evaluation only starts a tick that was missed while no process ran.
        const started = await startTick(id, expression, tickAt, known === undefined);
        lastTicks.set(key, tickAt.getTime());
        any ||= started;
      }
    }
    lastMinute = minute;
    return any;
  }

  /** Cancels runs whose process died between the delivery of an event and its cancellations. */
  async function cancelMissed(): Promise<void> {
    if (Date.now() - lastMissedAt < MISSED_CANCELLATIONS_MS) return;
    await cancelRuns(catalog, MISSED_CANCELLATIONS_MINUTES);
    lastMissedAt = Date.now();
  }

  async function claim(): Promise<void> {
    const free = concurrency - driving.size;
    if (stopping || isClaiming || free <= 0) return;
    isClaiming = true;
    const runs = await claimRuns(functionIds, free, leaseSeconds).finally(() => {
      isClaiming = false;
    });
    mayHaveMore = runs.length === free;
    for (const run of runs) {
      const fn = catalog.functions.get(run.functionId);
      if (!fn) continue;
      const drive = driveRun(driver, fn, run)
        // The lease runs out, and then a process claims the run again.
        .catch((err) => logger.error({ err, runId: run.runId, functionId: fn.id }, "job run left"))
        .finally(() => {
          driving.delete(drive);
          // Claims the next runs of a long queue without waiting for the next pass.
          if (mayHaveMore)
            claim().catch((err) => logger.warn({ err }, "job runs could not be claimed"));
        });
      driving.add(drive);
    }
  }

  return {
    async pass() {
      const { now, outbox, events, runs } = await readPending(functionIds);
      const ticked = await tick(now);
      const relayed = outbox ? await relayToEngine() : 0;
      if (events || relayed > 0) {
        await deliverEvents(catalog);
        await cancelRuns(catalog, LOOK_BACK_MINUTES);
      }
      await cancelMissed();
      if (ticked || events || relayed > 0 || runs) await claim();
      return outbox || events || runs || driving.size > 0;
    },
    async isIdle() {
      if (driving.size > 0) return false;
      const { outbox, events, runs } = await readPending(functionIds);
      return !outbox && !events && !runs && driving.size === 0;
    },
    async stop(boundMs) {
      stopping = true;
      const end = Date.now() + boundMs;
      while ((isClaiming || driving.size > 0) && Date.now() < end) await sleep(10);
    },
  };
}
