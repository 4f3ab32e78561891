import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { checkInvariants } from "../../checks/invariants";
import { freePort } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";
import { App } from "./apps";
import { BEGUN_ACTS, countEnds } from "./begun";
import { CHANGE_ACTS } from "./changes";
import { Client } from "./client";
import { checkConnections, drain } from "./drain";
import { startApp, strike, type Victims } from "./faults";
import { GATEWAY_ACTS } from "./gateway";
import { type Act, BOOKING_ACTS, type Run } from "./operations";
import { Dice, Random } from "./random";
import { Recorder } from "./record";
import { printReport } from "./report";
import { makeSchedule, type Schedule, type ScheduledKind } from "./schedule";
import { Store } from "./store";
import { verify } from "./verify";
import { makeWorld } from "./world";

const ACTS: Record<ScheduledKind, Act> = {
  ...BOOKING_ACTS,
  ...CHANGE_ACTS,
  ...GATEWAY_ACTS,
  ...BEGUN_ACTS,
};
const POOL_MAX = 10;
/** With more than this at once the schedule stands still: a slow machine takes longer, and does all. */
const MOST_AT_ONCE = 40;
/** How much longer, at the most; what is left then is left out, and said to be. */
const longestDelay = (lengthMs: number) => 60_000 + lengthMs * 0.3;

/** One seeded run from an empty database to the reckoning. @returns how many violations there were. */
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
    // The harness makes its people with the app's own modules, under the same secrets.
    Object.assign(process.env, environment);
    const world = await makeWorld(store, new Random(seed, "world"));
    apps = await makeApps(store, folder, environment);
    const victims: Victims = { apps, store, recorder };
    const client = new Client(apps, store, recorder);
    await Promise.all(apps.map((app) => bringUp(app, recorder, client)));
    const { SANDBOX_WEBHOOK_SECRET: webhookSecret = "" } = secrets;
    await play({ client, recorder, store, world, webhookSecret }, victims, schedule);
    await drain(victims);
    await checkConnections(victims, POOL_MAX);
    const compared = await verify(store, recorder);
    recorder.count("answers compared", compared);
    await countEnds(store, recorder);
    const findings = await checkInvariants(store.url, { drained: true });
    printReport({ seed, minutes, hash: schedule.hash }, recorder, findings);
    const broken = findings.reduce((sum, { violations }) => sum + violations, 0);
    total = broken + recorder.violations.length;
    return total;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await stop();
    if (total === 0) await rm(folder, { recursive: true, force: true });
    else console.log(`The database and the processes' logs are in ${folder}`);
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

/** Two processes; the sandbox of each delivers to the other, as a balancer might. */
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

/** Starts a process, warms it up, and starts it again should it ever die by itself: a violation. */
async function bringUp(app: App, recorder: Recorder, client: Client): Promise<void> {
  app.onDeath = () => {
    recorder.violate(`app ${app.name} died by itself; its log says why`);
    void startApp(app).catch((error: Error) => recorder.violate(error.message));
  };
  await startApp(app);
  for (let n = 0; n < 10; n++) {
    await client.once(app, { method: "GET", path: "/api/v1/doctors", headers: {} });
  }
}

/** Does what the schedule says when it says so; resolves once everything has come to its end. */
async function play(run: Run, victims: Victims, schedule: Schedule): Promise<void> {
  const began = Date.now();
  let start = began;
  const latest = began + schedule.lengthMs + longestDelay(schedule.lengthMs);
  const pending = new Set<Promise<void>>();
  const { recorder } = run;
  const begin = (what: string, work: Promise<void>) => {
    const watched = work
      .catch((error: unknown) => recorder.violate(`${what} failed: ${(error as Error).stack}`))
      .finally(() => pending.delete(watched));
    pending.add(watched);
  };
  const steps = [...schedule.operations, ...schedule.faults].sort((a, b) => a.at - b.at);
  for (const [n, step] of steps.entries()) {
    await sleep(Math.max(0, Math.min(start + step.at, latest) - Date.now()));
    const stoodStill = Date.now();
    while (pending.size >= MOST_AT_ONCE) await Promise.race(pending);
    start += Date.now() - stoodStill;
    if (Date.now() >= latest) {
      recorder.count("left out, the machine is slow", steps.length - n);
      break;
    }
    const dice = new Dice(step.dice);
    if ("fault" in step) begin(step.fault, strike(victims, step.fault, dice));
    else begin(step.operation, ACTS[step.operation](run, dice));
  }
  recorder.count("seconds of play", Math.round((Date.now() - began) / 1000));
  while (pending.size > 0) await Promise.all(pending);
}
