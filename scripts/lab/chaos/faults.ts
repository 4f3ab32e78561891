import { setTimeout as sleep } from "node:timers/promises";
import type { App } from "./apps";
import { MINUTE } from "./operations";
import type { Dice } from "./random";
import type { Recorder } from "./record";
import type { FaultKind } from "./schedule";
import type { Store } from "./store";

export type Victims = { apps: readonly App[]; store: Store; recorder: Recorder };
type Strike = (victims: Victims, dice: Dice) => Promise<void>;

/** How far the clock goes at once: past a signature's age, a hold's end, a retry, a visit. */
const MOVES = [2, 6, 11, 11, 25, 45, 90].map((minutes) => minutes * MINUTE);

/** Starts a process as an operator's supervisor would, jobs and all. */
export async function startApp(app: App): Promise<void> {
  await app.start();
  await app.order("runJobs", 1);
}

export async function moveClock({ apps, store }: Victims, ms: number): Promise<void> {
  await store.moveClock(ms, async (offset) => {
    await Promise.all(apps.map((app) => app.order("moveClock", offset)));
  });
}

const STRIKES: Record<FaultKind, Strike> = {
  async killApp({ apps }, dice) {
    const app = dice.pick(apps);
    if (!app?.isUp) return;
    await app.kill();
    await sleep(dice.roll(1500));
    await startApp(app);
  },
  // Several times, so that some session is cut in the middle of its transaction.
  async cutConnections({ store }, dice) {
    for (let n = 0; n < 6; n++) {
      await store.cut(30 + dice.roll(71));
      await sleep(dice.roll(60));
    }
  },
  restartDatabase: ({ store }) => store.restart("fast"),
  crashDatabase: ({ store }) => store.restart("immediate"),
  async stopJobs({ apps }, dice) {
    // On one process the other takes over; on both, bookings must do without.
    const stopped = dice.chance(50) ? apps : apps.slice(0, 1);
    await Promise.all(stopped.map((app) => app.order("runJobs", 0)));
    await sleep(3000 + dice.roll(9000));
    await Promise.all(stopped.map((app) => app.order("runJobs", 1)));
  },
  // As an engine does whose memory is gone: what rows owe must be done all the same.
  async loseEngine({ store }) {
    await store.sql(`
      WITH events AS (DELETE FROM job_events WHERE delivered_at IS NULL)
      DELETE FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')`);
  },
  async freezeApp({ apps }, dice) {
    await dice.pick(apps)?.freeze(1000 + dice.roll(11_000));
  },
  async moveClock(victims, dice) {
    await moveClock(victims, dice.pick(MOVES) ?? MINUTE);
  },
};

/** Does a fault, to its end: what was stopped runs again. */
export async function strike(victims: Victims, fault: FaultKind, dice: Dice): Promise<void> {
  victims.recorder.count(`fault ${fault}`);
  await STRIKES[fault](victims, dice);
}
