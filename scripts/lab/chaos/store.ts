import { statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { migrate } from "../../launcher/migrate";
import { type Postgres, startPostgres } from "../../launcher/postgres";
import { postgresAccount, postgresPrograms } from "../../launcher/postgres-binaries";

const NAME = "amrutam";
const TIMEOUT_MS = 120_000;

/** The PostgreSQL server of a run. It is as durable as in production. Its methods inject the database's faults. */
export class Store {
  private readonly pool: pg.Pool;
  /** Faults run one at a time, because the clock cannot be moved while the database restarts. */
  private queue: Promise<unknown> = Promise.resolve();
  offsetMs = 0;
  lastFaultAt = 0;

  private constructor(
    private readonly postgres: Postgres,
    private readonly data: string,
    /** The owner's URL. */
    readonly url: string,
    readonly appUrl: string,
  ) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: 3,
      connectionTimeoutMillis: 10_000,
      application_name: "chaos",
      options: "-c statement_timeout=60000",
    });
    this.pool.on("error", () => undefined);
  }

  static async start(folder: string): Promise<Store> {
    const postgres = await startPostgres({ dataDir: folder });
    const admin = new pg.Client({ connectionString: postgres.url("postgres") });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${NAME}`);
    await admin.end();
    const url = postgres.url(NAME);
    await migrate(url);
    return new Store(postgres, path.join(folder, "postgres"), url, postgres.appUrl(NAME));
  }

  /** Runs SQL as the owner. Repeats SQL that a fault interrupted, so the SQL must be safe to run twice. */
  async sql<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    for (const start = Date.now(); ; ) {
      try {
        return (await this.pool.query<Row>(text, values)).rows;
      } catch (error) {
        const { code = "" } = error as { code?: string };
        const isLoss = !/^[0-9A-Z]{5}$/.test(code) || /^(08|57)/.test(code);
        if (!isLoss || Date.now() - start > TIMEOUT_MS) throw error;
        await sleep(200);
      }
    }
  }

  /** Returns the time of the moved clock. */
  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** Runs a fault after the earlier faults have ended, and stores the time at which it ended. */
  private runFault(work: () => Promise<void>): Promise<void> {
    const turn = this.queue.then(async () => {
      this.lastFaultAt = Number.POSITIVE_INFINITY;
      await work().finally(() => {
        this.lastFaultAt = Date.now();
      });
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Restarts the server. `fast` ends the sessions and shuts down cleanly; `immediate` crashes the server. */
  restart(mode: "fast" | "immediate"): Promise<void> {
    return this.runFault(async () => {
      const run = await postgresPrograms(await postgresAccount(statSync(this.data)));
      const log = path.join(this.data, "server.log");
      await run("pg_ctl", ["restart", "-w", "-D", this.data, "-m", mode, "-l", log]);
    });
  }

  /** Terminates a share of the app's database sessions. */
  cut(percent: number): Promise<void> {
    return this.runFault(async () => {
      await this.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = $1 AND application_name <> 'chaos' AND pid <> pg_backend_pid()
            AND pid * 2654435761 % 100 < $2`,
        [NAME, percent],
      );
    });
  }

  /**
   * Moves the clock of the database and the apps. A session reads the database's setting when it
   * starts, so all sessions are terminated.
   * @param moveAppClocks moves the clocks of the app processes.
   */
  moveClock(ms: number, moveAppClocks: (offsetMs: number) => Promise<void>): Promise<void> {
    return this.runFault(async () => {
      this.offsetMs += ms;
      await moveAppClocks(this.offsetMs);
      await this.sql(
        `ALTER DATABASE ${NAME} SET amrutam.clock_offset = '${this.offsetMs} milliseconds'`,
      );
      await this.sql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = $1 AND pid <> pg_backend_pid()`,
        [NAME],
      );
    });
  }

  async stop(): Promise<void> {
    await this.queue;
    await this.pool.end().catch(() => undefined);
    await this.postgres.stop();
  }
}
