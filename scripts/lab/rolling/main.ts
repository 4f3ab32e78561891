import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runIfMain, UserError } from "../../launcher/command";
import { freePort } from "../../launcher/postgres";
import { makeSecrets } from "../../launcher/secrets";
import { Random } from "../chaos/random";
import { Store } from "../chaos/store";
import { makeWorld } from "../chaos/world";
import { endProcess, untilAnswers } from "../child-process";
import { Load } from "./load";
import { FAIL_TIMEOUT_SECONDS, startNginx } from "./nginx";

// npm run rolling-restart [-- --requests 20000 --restarts 3]: restarts two app processes
// behind nginx in turn while it sends requests. No request may fail.

const GRACE_SECONDS = 3;
const PROBE_EVERY_MS = 100;
const TIMEOUT_MS = 10 * 60_000;

/** An app process that can be restarted on its own port. */
class App {
  private child: ChildProcess | undefined;
  constructor(
    readonly port: number,
    private readonly environment: Record<string, string>,
  ) {}

  async start(): Promise<void> {
    const program = path.join(import.meta.dirname, "app.ts");
    const child = spawn(process.execPath, ["--import", "tsx", program], {
      env: { ...process.env, ...this.environment, PORT: String(this.port) },
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.child = child;
    const died = once(child, "exit").then(() => Promise.reject(new Error("an app ended")));
    await Promise.race([once(child, "message"), died]);
    died.catch(() => undefined);
    const url = `http://127.0.0.1:${this.port}/api/health/ready`;
    await untilAnswers("the app", async () => (await fetch(url)).ok);
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    if (this.child) await endProcess(this.child, signal);
  }
}

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
    const apps = [new App(await freePort(), environment), new App(await freePort(), environment)];
    for (const app of apps) {
      steps.push(() => app.stop("SIGKILL"));
      await app.start();
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
        await app.stop();
        await app.start();
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
    if (failures.length > 0) console.log(await readFile(path.join(folder, "error.log"), "utf8"));
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
