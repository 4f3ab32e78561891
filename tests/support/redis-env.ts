import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll } from "vitest";
import { freePort } from "../../scripts/launcher/postgres";

const MISSING = [
  "The tests of shared rate limits need a redis-server, and this machine has none. This brings one:",
  "  apt-get update && apt-get install -y redis-server     (Debian; as root)",
].join("\n");

/** A real Redis on a port of its own, which keeps nothing. */
class RealRedis {
  private child: ChildProcess | undefined;
  constructor(private readonly port: number) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const child = spawn("redis-server", ["--port", String(this.port), ...options], {
      stdio: "ignore",
    });
    await Promise.race([
      once(child, "spawn"),
      once(child, "error").then(() => Promise.reject(new Error(MISSING))),
    ]);
    this.child = child;
    for (let waited = 0; waited < 30_000; waited += 50) {
      if (await this.keys().then(Boolean, () => false)) return;
      await sleep(50);
    }
    throw new Error("redis-server was started and does not answer");
  }

  /** Everything that it holds, keys and values in a row. */
  async keys(): Promise<string[]> {
    const client = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const keys = await client.keys("*");
      const values = await Promise.all(keys.map((key) => client.get(key).catch(() => "")));
      return [...keys, ...values.map(String)];
    } finally {
      client.disconnect();
    }
  }

  /** Stops it where it stands: connections stay open, and nothing is answered. */
  freeze = () => this.child?.kill("SIGSTOP");
  thaw = () => this.child?.kill("SIGCONT");

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
}

/** A Redis, for this test file. */
export const redis = new RealRedis(await freePort());
await redis.start();

// Imported first by the test file: the environment is read when the other helpers are imported, which
// is why nothing here imports one of those.
Object.assign(process.env, { REDIS_URL: redis.url, RATE_LIMITS: "on" });

afterAll(() => redis.kill());
