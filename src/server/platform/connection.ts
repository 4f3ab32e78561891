import type pg from "pg";

/** What every session of the app has in force, as PostgreSQL prints it. */
const REQUIRED = {
  // Whatever role the URL names, the app works under the one that owns nothing.
  role: "amrutam_app",
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "10s",
  // The driver adapter writes UTC times without an offset.
  TimeZone: "UTC",
} as const;

type Setting = keyof typeof REQUIRED;
const SETTINGS = Object.keys(REQUIRED) as Setting[];

/** The same settings as a startup parameter. */
const STARTUP_OPTIONS = SETTINGS.map((name) => `-c ${name}=${REQUIRED[name]}`).join(" ");

/** Parameters of the URL that would replace ours. */
const REPLACING = SETTINGS.map((name) => name.toLowerCase());

/**
 * The app cannot work safely through this connection, now and later. Callers see a lost connection
 * (the SQLSTATE is PostgreSQL's "connection rejected"); a start fails with the message.
 */
export class UnsafeConnectionError extends Error {
  override readonly name = "UnsafeConnectionError";
  readonly code = "08004";
  readonly severity = "FATAL";

  constructor(problems: string[], options?: ErrorOptions) {
    const lines = problems.map((problem) => `  - ${problem}`);
    super(
      ["The database connection is not safe:", ...lines, "See docs/operations.md."].join("\n"),
      options,
    );
  }
}

/** The URL without what would replace our settings, and its own `options` with ours behind them. */
export function startupOf(url: string): { connectionString: string; options: string } {
  const [base = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  const own = parameters.get("options");
  for (const name of [...parameters.keys()]) {
    if (name === "options" || REPLACING.includes(name.toLowerCase())) parameters.delete(name);
  }
  return {
    connectionString: parameters.size > 0 ? `${base}?${parameters}` : base,
    options: own ? `${own} ${STARTUP_OPTIONS}` : STARTUP_OPTIONS,
  };
}

export type SessionState = {
  /** The server process that answered. */
  pid: number;
  settings: Record<Setting, string>;
  isReadOnly: boolean;
};

/** True in SQL where the session's login owns the app's tables or could become their owner. */
export const LOGIN_IS_OWNER = `(
  EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolcreaterole)) OR
  EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND pg_has_role(session_user, relowner, 'MEMBER')))`;

/** A role that came from the login's own settings is in force as well. */
const expressionOf = (name: Setting) =>
  name === "role" ? "current_user" : `current_setting('${name}')`;

const READ_STATE = `
  SELECT pg_backend_pid() AS pid,
         current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         json_build_object(${SETTINGS.map((name) => `'${name}', ${expressionOf(name)}`)}) AS settings`;

const QUERY_TIMEOUT_MS = 5_000;

/** Asks a connection what is in force, in one round trip. */
export const readState = (client: pg.ClientBase): Promise<SessionState> => ask(client, READ_STATE);

export type Login = { login: string; isOwner: boolean };

/** Asks whose connection it is, which is the same for all of a pool. */
export const readLogin = (client: pg.ClientBase): Promise<Login> =>
  ask(client, `SELECT session_user::text AS login, ${LOGIN_IS_OWNER} AS "isOwner"`);

async function ask<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  text: string,
): Promise<Row> {
  const query = { text, query_timeout: QUERY_TIMEOUT_MS };
  const { rows } = await client.query<Row>(query);
  const [row] = rows;
  if (!row) throw new Error("a query without FROM has one row");
  return row;
}

/** The settings that are not in force. */
export const missingSettings = ({ settings }: SessionState): Setting[] =>
  SETTINGS.filter((name) => settings[name] !== REQUIRED[name]);

/** Says of each setting what it is and what it should be. */
export const describeSettings = ({ settings }: SessionState, names: Setting[]): string[] =>
  names.map((name) => `${name} is ${settings[name]}, and must be ${REQUIRED[name]}`);

/** Sets what is missing, for the rest of the session. */
export async function setSettings(client: pg.ClientBase, names: Setting[]): Promise<void> {
  for (const name of names) {
    const query = { text: "SELECT set_config($1, $2, false)", query_timeout: QUERY_TIMEOUT_MS };
    await client.query({ ...query, values: [name, REQUIRED[name]] }).catch((cause: Error) => {
      throw new UnsafeConnectionError([`${name} cannot be set: ${cause.message}`], { cause });
    });
  }
}
