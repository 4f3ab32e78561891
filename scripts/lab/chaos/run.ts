import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkInvariants } from "../../checks/invariants/check";
import { freePort } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";
import { App } from "./apps";
import { CHANGE_ACTIONS } from "./changes";
import { Client } from "./client";
import { checkConnections, drain } from "./drain";
import { injectFault, startApp, type Targets } from "./faults";
import { GATEWAY_ACTIONS } from "./gateway";
import { type Action, BOOKING_ACTIONS, type Run } from "./operations";
import { Dice, Random } from "./random";
import { Recorder } from "./record";
import { printReport } from "./report";
import { makeSchedule, type Schedule, type ScheduledKind } from "./schedule";
import { Store } from "./store";
import { verify } from "./verify";
import { countOutcomes, VISIT_START_ACTIONS } from "./visit-start";
import { makeWorld } from "./world";

const ACTIONS: Record<ScheduledKind, Action> = {
  ...BOOKING_ACTIONS,
  ...CHANGE_ACTIONS,
  ...GATEWAY_ACTIONS,
  ...VISIT_START_ACTIONS,
};
const POOL_MAX = 10;
/** The schedule pauses while more operations than this are running, so that a slow machine does them all. */
const MOST_AT_ONCE = 40;
/** The schedule skips, and counts, the operations that are delayed by more than this. */
const longestDelay = (lengthMs: number) => 60_000 + lengthMs * 0.3;

/** Does one seeded run on an empty database and verifies it. @returns the number of violations. */
export async function runChaos(seed: number, minutes: number): Promise<number> {
  const schedule = makeSchedule(seed, minutes);
  const folder = await mkdtemp(path.join(tmpdir(), "amrutam-chaos-"));
  console.log(`chaos: seed ${seed}, ${minutes} min, schedule ${schedule.hash}`);
  const recorder = new Recorder();
  let store: Store | undefined;
  let apps: App[] = [];
  let total = Number.NaN;
  const stop = async () => {
    await Promise.all(apps.map((app) => app.kill()));
    await store?.stop();
  };
  const interrupt = () => void stop().finally(() => process.exit(130));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const secrets = makeSecrets();
    store = await Store.start(folder);
    const environment = { ...secrets, ...settings(store) };
    // The harness creates people with the app's own modules, which read the same secrets.
    Object.assign(process.env, environment);
    const world = await makeWorld(store, new Random(seed, "world"));
    apps = await makeApps(store, folder, environment);
    const targets: Targets = { apps, store, recorder };
    const client = new Client(apps, store, recorder);
    await Promise.all(apps.map((app) => bringUp(app, recorder, client)));
    const { SANDBOX_WEBHOOK_SECRET: webhookSecret = "" } = secrets;
    await play({ client, recorder, store, world, webhookSecret }, targets, schedule);
    await drain(targets);
    await checkConnections(targets, POOL_MAX);
    const compared = await verify(store, recorder);
    recorder.count("answers compared", compared);
    await countOutcomes(store, recorder);
    const findings = await checkInvariants(store.url, { drained: true });
    printReport({ seed, minutes, hash: schedule.hash }, recorder, findings);
    const broken = findings.reduce((sum, { violations }) => sum + violations, 0);
    total = broken + recorder.violations.length;
    return total;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await stop();
    if (total === 0) await rm(folder, { recursive: true, force: true });
    else console.log(`The database and the logs of the processes are in ${folder}`);
  }
}

const settings = ({ url, appUrl }: Store) => ({
  DATABASE_URL: appUrl,
  MIGRATION_DATABASE_URL: url,
  AMRUTAM_MODE: "demo",
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  RATE_LIMITS: "off",
  LOG_LEVEL: "warn",
  DATABASE_POOL_MAX: String(POOL_MAX),
});

/** Creates two processes. The sandbox of each delivers to the other, as a load balancer may do. */
async function makeApps(
  store: Store,
  folder: string,
  environment: Record<string, string>,
): Promise<App[]> {
  const [first, second] = [await freePort(), await freePort()];
  const make = (name: string, port: number, other: number) =>
    new App(name, port, {
      logFile: path.join(folder, `app-${name}.log`),
      environment: { ...environment, APP_URL: `http://127.0.0.1:${other}` },
      clockOffset: () => store.offsetMs,
    });
  return [make("a", first, second), make("b", second, first)];
}

/** Starts a process and warms it up. If it ends by itself, records a violation and restarts it. */
async function bringUp(app: App, recorder: Recorder, client: Client): Promise<void> {
  app.onDeath = () => {
    recorder.recordViolation(`app ${app.name} ended by itself; see its log`);
    void startApp(app).catch((error: Error) => recorder.recordViolation(error.message));
  };
  await startApp(app);
  for (let n = 0; n < 10; n++) {
    await client.once(app, { method: "GET", path: "/api/v1/doctors", headers: {} });
  }
}

/** Runs the schedule and waits until all its operations and faults have ended. */
async function play(run: Run, targets: Targets, schedule: Schedule): Promise<void> {
  const began = Date.now();
  let start = began;
  const latest = began + schedule.lengthMs + longestDelay(schedule.lengthMs);
  const pending = new Set<Promise<void>>();
  const { recorder } = run;
  const begin = (what: string, work: Promise<void>) => {
    const watched = work
      .catch((error: unknown) =>
        recorder.recordViolation(`${what} failed: ${(error as Error).stack}`),
      )
      .finally(() => pending.delete(watched));
    pending.add(watched);
  };
  const steps = [...schedule.operations, ...schedule.faults].sort((a, b) => a.at - b.at);
  for (const [n, step] of steps.entries()) {
    await sleep(Math.max(0, Math.min(start + step.at, latest) - Date.now()));
    const pausedAt = Date.now();
    while (pending.size >= MOST_AT_ONCE) await Promise.race(pending);
    start += Date.now() - pausedAt;
    if (Date.now() >= latest) {
      recorder.count("skipped because the machine is slow", steps.length - n);
      break;
    }
    const dice = new Dice(step.dice);
    if ("fault" in step) begin(step.fault, injectFault(targets, step.fault, dice));
    else begin(step.operation, ACTIONS[step.operation](run, dice));
  }
  recorder.count("seconds of operations", Math.round((Date.now() - began) / 1000));
  while (pending.size > 0) await Promise.all(pending);
}
