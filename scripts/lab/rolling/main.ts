import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runIfMain, UserError } from "../../launcher/command";
import { freePort } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";
import { App } from "../chaos/apps";
import { startApp } from "../chaos/faults";
import { Random } from "../chaos/random";
import { Store } from "../chaos/store";
import { makeWorld } from "../chaos/world";
import { untilAnswers } from "../child-process";
import { Load } from "./load";
import { FAIL_TIMEOUT_SECONDS, startNginx } from "./nginx";

// npm run rolling-restart [-- --requests 20000 --restarts 3]: restarts two app processes
// behind nginx in turn while it sends requests. No request may fail.

const GRACE_SECONDS = 3;
const PROBE_EVERY_MS = 100;
const TIMEOUT_MS = 10 * 60_000;

async function run(requests: number, restarts: number): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), "amrutam-rolling-"));
  const steps: Array<() => unknown> = [() => rm(folder, { recursive: true, force: true })];
  const cleanUp = async () => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  process.once("SIGINT", () => void cleanUp().finally(() => process.exit(130)));
  try {
    const store = await Store.start(folder);
    steps.push(() => store.stop());
    const environment = {
      ...makeSecrets(),
      DATABASE_URL: store.appUrl,
      MIGRATION_DATABASE_URL: store.url,
      AMRUTAM_MODE: "demo",
      HOST: "127.0.0.1",
      RATE_LIMITS: "off",
      TRUST_PROXY: "1",
      LOG_LEVEL: "warn",
      SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
    };
    // The app's own modules create the people and read the same secrets.
    Object.assign(process.env, environment);
    const { patients, doctors } = await makeWorld(store, new Random(1, "world"));
    const makeApp = (name: string, port: number) =>
      new App(name, port, {
        logFile: path.join(folder, `app-${name}.log`),
        environment,
        clockOffset: () => 0,
      });
    const start = async (app: App) => {
      await startApp(app);
      await untilAnswers("the app", async () => (await fetch(`${app.url}/api/health/ready`)).ok);
    };
    const apps = [makeApp("a", await freePort()), makeApp("b", await freePort())];
    for (const app of apps) {
      steps.push(() => app.kill());
      await start(app);
    }
    const ports = apps.map(({ port }) => port);
    const nginx = await startNginx(folder, await freePort(), ports);
    steps.push(nginx.stop);

    const probe = setInterval(() => {
      fetch(`${nginx.url}/api/health/ready`).then(
        (answer) => answer.text(),
        () => undefined,
      );
    }, PROBE_EVERY_MS);
    steps.push(() => clearInterval(probe));

    const startedAt = Date.now();
    const load = new Load(
      nginx.url,
      patients.map(({ token }) => token),
      doctors.map(({ id }) => id),
    );
    for (let done = 0; done < restarts; done++) {
      for (const app of apps) {
        await app.kill("SIGTERM");
        await start(app);
        // nginx must use this process again before the other process stops.
        await sleep(FAIL_TIMEOUT_SECONDS * 1000);
      }
    }
    while (load.sent < requests && Date.now() - startedAt < TIMEOUT_MS) await sleep(100);
    await load.stop();
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const { sent, writes, failures } = load;
    console.log(
      `rolling restart: ${restarts * apps.length} restarts behind nginx, ${sent} requests (${writes} writes) in ${seconds} s, ${failures.length} failed`,
    );
    for (const failure of failures.slice(0, 20)) console.log(`  ${failure.replace(/\s+/g, " ")}`);
    const logs = failures.length > 0 ? ["error.log", "app-a.log", "app-b.log"] : [];
    for (const log of logs) console.log(await readFile(path.join(folder, log), "utf8"));
    return failures.length === 0 && sent >= requests;
  } finally {
    await cleanUp();
  }
}

await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      requests: { type: "string", default: "20000" },
      restarts: { type: "string", default: "3" },
    },
  });
  const [requests, restarts] = [values.requests, values.restarts].map(Number);
  if (!requests || !restarts) {
    throw new UserError("Usage: npm run rolling-restart -- --requests 20000 --restarts 3");
  }
  process.exit((await run(requests, restarts)) ? 0 : 1);
});
