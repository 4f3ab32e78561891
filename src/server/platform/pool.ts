import pg from "pg";
import {
  describeSettings,
  type Login,
  missingSettings,
  readLogin,
  readState,
  setSettings,
  startupOf,
  UnsafeConnectionError,
} from "./connection";
import { hostsOf } from "./hosts";
import { logger } from "./logger";
import { type Pooling, probePooling } from "./pooling";

type Callback = Parameters<pg.Pool["connect"]>[0];

/** What poolers answer to a startup parameter that they do not pass on. */
const NO_OPTIONS = ["08P01", "0A000"];

const OWNER_LOGIN =
  "can take the app's restrictions away: it owns tables, or may become their owner";

/**
 * A pool that lends a connection only after it has seen, or set, the role, time zone and timeouts
 * that the app relies on. Where the URL names several hosts, it works with the first that writes.
 */
export class CheckedPool extends pg.Pool {
  private readonly hosts: string[];
  private probe: Promise<Pooling> | undefined;
  private isLoginJudged = false;
  /** How a pooler lends connections; undefined where none was seen. */
  pooling: Pooling | undefined;

  constructor(
    url: string,
    private readonly isStrict: boolean,
    config: pg.PoolConfig,
  ) {
    const { connectionString, options } = startupOf(url);
    const hosts = hostsOf(connectionString);
    super({ ...config, connectionString: hosts[0], options });
    this.hosts = hosts;
    this.options.onConnect = (client) => this.check(client);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const connected = this.connectAnywhere();
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }

  /** Tries again without `options` where a pooler refuses them, and at the next host. */
  private async connectAnywhere(): Promise<pg.PoolClient> {
    for (let tries = 1; ; tries++) {
      const { connectionString, options } = this.options;
      try {
        return await super.connect();
      } catch (error) {
        if (isRefusalOfOptions(error) && options) {
          this.options.options = undefined;
        } else if (tries < this.hosts.length && mayHelpElsewhere(error)) {
          // Another caller may have moved to the next host in the meantime.
          if (this.options.connectionString === connectionString) this.nextHost();
        } else {
          throw error;
        }
      }
    }
  }

  private nextHost(): void {
    const current = this.hosts.indexOf(this.options.connectionString ?? "");
    this.options.connectionString = this.hosts[(current + 1) % this.hosts.length];
  }

  /** Runs for each new connection before it is lent; one that it throws for is closed. */
  private async check(client: pg.ClientBase): Promise<void> {
    let state = await readState(client);
    if (state.pid !== processOf(client)) this.pooling = await this.poolingOf();
    let missing = missingSettings(state);
    if (missing.length > 0 && this.pooling !== "transaction") {
      await setSettings(client, missing);
      state = await readState(client);
      missing = missingSettings(state);
    }
    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));
    if (!this.isLoginJudged) this.judgeLogin(await readLogin(client));
    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();
  }

  private refusal(problems: string[]): UnsafeConnectionError {
    const inTransactionMode =
      "the pooler lends a server connection for one transaction, so they cannot be set here";
    const error = new UnsafeConnectionError(
      this.pooling === "transaction" ? [...problems, inTransactionMode] : problems,
    );
    logger.error({ why: error.message }, "database connection refused");
    return error;
  }

  private judgeLogin({ login, isOwner }: Login): void {
    if (isOwner && this.isStrict)
      throw this.refusal([`the login ${login} ${OWNER_LOGIN} (STRICT_DB_ROLE=1)`]);
    if (isOwner && !this.isLoginJudged) logger.warn(`the database login ${login} ${OWNER_LOGIN}`);
    this.isLoginJudged = true;
  }

  /** Asked once: every connection goes through the same pooler. */
  private poolingOf(): Promise<Pooling> {
    this.probe ??= probePooling({ ...this.options }).catch((error: unknown) => {
      this.probe = undefined;
      throw error;
    });
    return this.probe;
  }
}

/** PostgreSQL's "read-only transaction", which a caller is asked to try again for. */
class ReadOnlyHostError extends Error {
  readonly code = "25006";
  readonly severity = "FATAL";

  constructor() {
    super("the database is read-only");
  }
}

/** The server process that the login named. A pooler names a number of its own. */
const processOf = (client: pg.ClientBase) =>
  (client as pg.ClientBase & { processID?: number }).processID;

function isRefusalOfOptions(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return NO_OPTIONS.includes(code) && /parameter|options/i.test(message);
}

/** Neither a wrong password nor a full pool is another at the next host. */
function mayHelpElsewhere(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const isOurs = error instanceof UnsafeConnectionError || message.startsWith("timeout exceeded");
  return !isOurs && !code.startsWith("28");
}
