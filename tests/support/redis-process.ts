import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "../../scripts/launcher/postgres";

const MISSING = [
  "These tests need redis-server and redis-sentinel, and this machine lacks one. This brings both:",
  "  apt-get update && apt-get install -y redis-server redis-sentinel     (Debian; as root)",
].join("\n");

/** A real Redis, or a Sentinel, on a port and in a folder of its own. */
export class RedisProcess {
  private child: ChildProcess | undefined;
  private constructor(
    private readonly program: string,
    private readonly args: string[],
    private readonly folder: string,
    private readonly port: number,
  ) {}

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @param options of the server; of a Sentinel the URL of its master, which it calls "main". */
  static async start(kind: "server" | "sentinel", options: string[]): Promise<RedisProcess> {
    const folder = await mkdtemp(path.join(tmpdir(), "amrutam-redis-"));
    const port = await freePort();
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    let args = [...place, "--save", "", ...options];
    if (kind === "sentinel") {
      const { hostname, port: masterPort } = new URL(options[0] ?? "");
      const config = path.join(folder, "sentinel.conf");
      await writeFile(config, `sentinel monitor main ${hostname} ${masterPort} 1\n`);
      args = [config, ...place];
    }
    const redis = new RedisProcess(`redis-${kind}`, args, folder, port);
    await redis.restart();
    return redis;
  }

  async restart(): Promise<void> {
    const child = spawn(this.program, this.args, { stdio: "ignore" });
    await Promise.race([
      once(child, "spawn"),
      once(child, "error").then(() => Promise.reject(new Error(MISSING))),
    ]);
    this.child = child;
    for (let waited = 0; waited < 30_000; waited += 50) {
      if (await this.ask((client) => client.ping()).then(Boolean, () => false)) return;
      await sleep(50);
    }
    throw new Error(`${this.program} was started and does not answer`);
  }

  /** Makes a node a cluster by itself. */
  async addAllSlots(): Promise<void> {
    await this.ask((client) => client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
  }

  keys = (): Promise<string[]> => this.ask((client) => client.keys("*"));

  private async ask<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, {
      lazyConnect: true,
      enableReadyCheck: false,
      retryStrategy: () => null,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  /** Ends it; `restart` begins it again on the same port. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
    await rm(path.join(this.folder, "nodes.conf"), { force: true });
  }
}
