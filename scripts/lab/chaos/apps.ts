import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import path from "node:path";
import { endProcess } from "../child-process";

/** An order of the harness to an app process. */
export type Order = {
  id: number;
  do: "moveClock" | "runJobs" | "countConnections";
  value: number;
};
type Answer = { answers: number; value?: unknown };
type Running = { child: ChildProcess; waiting: Map<number, (value: unknown) => void> };

/** Generous, because a loaded machine is slow without any fault of the app. */
const START_LIMIT_MS = 180_000;
const ORDER_LIMIT_MS = 120_000;
/** Connections to a process that has just started or stopped fail for this long. */
const AFTERMATH_MS = 1500;

/** One app process, which can be started, frozen and killed. It always uses the same port. */
export class App {
  private running: Running | null = null;
  private orders = 0;
  private upSince = 0;
  private lastFaultAt = 0;
  /** Called if the process ends although the harness did not kill it. */
  onDeath: () => void = () => undefined;

  constructor(
    readonly name: string,
    readonly port: number,
    private readonly options: {
      logFile: string;
      environment: Record<string, string>;
      clockOffset: () => number;
    },
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get isUp(): boolean {
    return this.upSince > 0;
  }

  /** Whether a fault can have cut a connection that was open at some time since `at`. */
  wasDisturbedSince(at: number): boolean {
    return !this.isUp || this.lastFaultAt + AFTERMATH_MS > at;
  }

  async start(): Promise<void> {
    const { logFile, environment, clockOffset } = this.options;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", path.join(import.meta.dirname, "app.ts")],
      {
        env: {
          ...process.env,
          ...environment,
          PORT: String(this.port),
          CHAOS_CLOCK_OFFSET: String(clockOffset()),
        },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    const log = createWriteStream(logFile, { flags: "a" });
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    const running: Running = { child, waiting: new Map() };
    this.running = running;
    child.on("message", ({ answers, value }: Answer) => running.waiting.get(answers)?.(value));
    child.on("error", () => undefined);
    child.once("exit", () => {
      if (this.running !== running) return;
      const diedByItself = this.isUp;
      this.running = null;
      this.upSince = 0;
      this.lastFaultAt = Date.now();
      for (const resolve of running.waiting.values()) resolve(undefined);
      if (diedByItself) this.onDeath();
    });
    await this.answerTo(running, 0, START_LIMIT_MS);
    if (this.running !== running) throw new Error(`app ${this.name} ended while it was starting`);
    // The clock may have moved since the process read its offset.
    await this.order("moveClock", clockOffset());
    this.lastFaultAt = Date.now();
    this.upSince = Date.now();
  }

  private answerTo(running: Running, id: number, limit: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`app ${this.name} does not answer`)),
        limit,
      ).unref();
      running.waiting.set(id, (value) => {
        clearTimeout(timer);
        running.waiting.delete(id);
        resolve(value);
      });
    });
  }

  /** Sends an order. @returns undefined if the process is not running or ends before it answers. */
  async order(what: Order["do"], value = 0): Promise<unknown> {
    const { running } = this;
    if (!running?.child.connected) return undefined;
    const id = ++this.orders;
    const answer = this.answerTo(running, id, ORDER_LIMIT_MS);
    running.child.send({ id, do: what, value } satisfies Order, () => undefined);
    return answer;
  }

  /** Kills the process with SIGKILL and waits until it has ended. */
  async kill(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.upSince = 0;
    this.lastFaultAt = Date.now();
    await endProcess(running.child, "SIGKILL");
  }

  /** Pauses the process, as a paused container does. */
  async freeze(ms: number): Promise<void> {
    const { running } = this;
    if (!running) return;
    running.child.kill("SIGSTOP");
    this.lastFaultAt = Date.now() + ms;
    await new Promise((resolve) => setTimeout(resolve, ms));
    running.child.kill("SIGCONT");
    this.lastFaultAt = Date.now();
  }
}
