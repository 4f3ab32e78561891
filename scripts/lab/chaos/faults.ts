import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import { MINUTE } from "./operations";
import type { Dice } from "./random";
import type { Recorder } from "./record";
import type { FaultKind } from "./schedule";
import type { Store } from "./store";

export type Targets = { apps: readonly App[]; store: Store; recorder: Recorder };
type Inject = (targets: Targets, dice: Dice) => Promise<void>;

/** How far the clock jumps: beyond the age of a signature, the end of a hold, a retry or a visit. */
const MOVES = [2, 6, 11, 11, 25, 45, 90].map((minutes) => minutes * MINUTE);

/** Starts a process with its jobs, as a supervisor does in production. */
export async function startApp(app: App): Promise<void> {
  await app.start();
  await app.order("runJobs", 1);
}

export async function moveClock({ apps, store }: Targets, ms: number): Promise<void> {
  await store.moveClock(ms, async (offset) => {
    await Promise.all(apps.map((app) => app.order("moveClock", offset)));
  });
}

const FAULTS: Record<FaultKind, Inject> = {
  async killApp({ apps }, dice) {
    const app = dice.pick(apps);
    if (!app?.isUp) return;
    await app.kill();
    await sleep(dice.roll(1500));
    await startApp(app);
  },
  // Several times, so that it cuts some session in the middle of a transaction.
  async cutConnections({ store }, dice) {
    for (let n = 0; n < 6; n++) {
      await store.cut(30 + dice.roll(71));
      await sleep(dice.roll(60));
    }
  },
  restartDatabase: ({ store }) => store.restart("fast"),
  crashDatabase: ({ store }) => store.restart("immediate"),
  async stopJobs({ apps }, dice) {
    // If one process stops its jobs, the other takes over. If both stop, bookings must work without jobs.
    const stopped = dice.chance(50) ? apps : apps.slice(0, 1);
    await Promise.all(stopped.map((app) => app.order("runJobs", 0)));
    await sleep(3000 + dice.roll(9000));
    await Promise.all(stopped.map((app) => app.order("runJobs", 1)));
  },
  // As if a job engine lost its memory. The sweeps must start the work again.
  async loseEngine({ store }) {
    await store.sql(`
      WITH events AS (DELETE FROM job_events WHERE delivered_at IS NULL)
      DELETE FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')`);
  },
  async freezeApp({ apps }, dice) {
    await dice.pick(apps)?.freeze(1000 + dice.roll(11_000));
  },
  async moveClock(targets, dice) {
    await moveClock(targets, dice.pick(MOVES) ?? MINUTE);
  },
};

/** Injects a fault and waits until everything that it stopped runs again. */
export async function injectFault(targets: Targets, fault: FaultKind, dice: Dice): Promise<void> {
  targets.recorder.count(`fault ${fault}`);
  await FAULTS[fault](targets, dice);
}
