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

/** SQLSTATEs with which poolers refuse a startup parameter. */
const NO_OPTIONS = ["08P01", "0A000"];

const OWNER_LOGIN =
  "can take the app's restrictions away: it owns tables, or may become their owner";

/**
 * A pool that checks each new connection: it must have the role, time zone and timeouts on which the
 * app relies. The pool sets what is missing. If the URL names several hosts, it uses the first host that
 * accepts writes.
 */
export class CheckedPool extends pg.Pool {
  private readonly hosts: string[];
  private probe: Promise<Pooling> | undefined;
  private isLoginChecked = false;
  /** The mode of the pooler; undefined without a pooler. */
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

  /** Connects. Tries again without `options` if a pooler refuses them, and at the next host. */
  private async connectAnywhere(): Promise<pg.PoolClient> {
    for (let tries = 1; ; tries++) {
      const { connectionString, options } = this.options;
      try {
        return await super.connect();
      } catch (error) {
        if (isRefusalOfOptions(error) && options) {
          this.options.options = undefined;
        } else if (tries < this.hosts.length && canNextHostHelp(error)) {
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

  /** Checks a new connection before its first use. If this throws, the pool closes it. */
  private async check(client: pg.ClientBase): Promise<void> {
    let state = await readState(client);
    if (state.pid !== startupPid(client)) this.pooling = await this.poolingOf();
    let missing = missingSettings(state);
    if (missing.length > 0 && this.pooling !== "transaction") {
      await setSettings(client, missing);
      state = await readState(client);
      missing = missingSettings(state);
    }
    if (missing.length > 0) throw this.refusal(describeSettings(state, missing));
    if (!this.isLoginChecked) this.checkLogin(await readLogin(client));
    if (state.isReadOnly && this.hosts.length > 1) throw new ReadOnlyHostError();
  }

  private refusal(problems: string[]): UnsafeConnectionError {
    const inTransactionMode =
      "the pooler assigns a server connection for one transaction only, so they cannot be set here";
    const error = new UnsafeConnectionError(
      this.pooling === "transaction" ? [...problems, inTransactionMode] : problems,
    );
    logger.error({ why: error.message }, "database connection refused");
    return error;
  }

  private checkLogin({ login, isOwner }: Login): void {
    if (isOwner && this.isStrict)
      throw this.refusal([`the login ${login} ${OWNER_LOGIN} (STRICT_DB_ROLE=1)`]);
    if (isOwner && !this.isLoginChecked) logger.warn(`the database login ${login} ${OWNER_LOGIN}`);
    this.isLoginChecked = true;
  }

  /** Finds the mode of the pooler once: all connections use the same one. */
  private poolingOf(): Promise<Pooling> {
    this.probe ??= probePooling({ ...this.options }).catch((error: unknown) => {
      this.probe = undefined;
      throw error;
    });
    return this.probe;
  }
}

/** Has PostgreSQL's code for a read-only transaction, so that the caller is asked to try again. */
class ReadOnlyHostError extends Error {
  readonly code = "25006";
  readonly severity = "FATAL";

  constructor() {
    super("the database is read-only");
  }
}

/** Returns the process id from the startup. A pooler sends an id of its own. */
const startupPid = (client: pg.ClientBase) =>
  (client as pg.ClientBase & { processID?: number }).processID;

function isRefusalOfOptions(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return NO_OPTIONS.includes(code) && /parameter|options/i.test(message);
}

/** Whether another host may work. A wrong password and a full pool would fail there too. */
function canNextHostHelp(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const isOurs = error instanceof UnsafeConnectionError || message.startsWith("timeout exceeded");
  return !isOurs && !code.startsWith("28");
}
