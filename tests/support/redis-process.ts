import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { endProcess, startProgram, untilAnswers } from "../../scripts/lab/child-process";
import { freePort } from "../../scripts/launcher/postgres";

/** A Redis server or Sentinel with its own port and folder, without persistence. */
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

  /** @param options of the server. A Sentinel takes the URL of its master, which it names "main". */
  static async start(kind: "server" | "sentinel", options: string[] = []): Promise<RedisProcess> {
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
    const program = [this.program, ...this.args] as [string, ...string[]];
    this.child = await startProgram(program, this.program, { stdio: "ignore" });
    await untilAnswers(this.program, () => this.ask((client) => client.ping()));
  }

  /** Makes the node a cluster of one node. */
  async addAllSlots(): Promise<void> {
    await this.ask((client) => client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383"));
  }

  /** All keys, followed by all values that are strings. */
  content = (): Promise<string[]> =>
    this.ask(async (client) => {
      const keys = await client.keys("*");
      const values = await Promise.all(keys.map((key) => client.get(key).catch(() => "")));
      return [...keys, ...values.map(String)];
    });

  /** Pauses the process: connections stay open, and nothing is answered. */
  freeze = () => this.child?.kill("SIGSTOP");
  thaw = () => this.child?.kill("SIGCONT");

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

  /** Kills the process. `restart` starts it again on the same port. */
  async stop(): Promise<void> {
    if (this.child) await endProcess(this.child, "SIGKILL");
    await rm(path.join(this.folder, "nodes.conf"), { force: true });
  }
}
