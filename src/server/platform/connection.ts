import type pg from "pg";

/** The settings that every session of the app needs, with the values as PostgreSQL prints them. */
const REQUIRED = {
  // Always this role, whatever role the URL names: it owns no tables.
  role: "amrutam_app",
  statement_timeout: "5s",
  lock_timeout: "2s",
  idle_in_transaction_session_timeout: "10s",
  // The driver adapter writes UTC times without an offset.
  TimeZone: "UTC",
} as const;

type Setting = keyof typeof REQUIRED;
const SETTINGS = Object.keys(REQUIRED) as Setting[];

/** The same settings as the startup parameter `options`. */
const STARTUP_OPTIONS = SETTINGS.map((name) => `-c ${name}=${REQUIRED[name]}`).join(" ");

/** Parameters of the URL that would override these settings. */
const OVERRIDES = SETTINGS.map((name) => name.toLowerCase());

/**
 * Says that the app cannot safely use this connection. A start fails with the message. Requests treat it
 * as a lost connection, because of its SQLSTATE ("connection rejected").
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

/** Removes overrides of the settings from a URL, and appends the settings to its `options`. */
export function startupOf(url: string): { connectionString: string; options: string } {
  const [base = "", query = ""] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  const own = parameters.get("options");
  for (const name of [...parameters.keys()]) {
    if (name === "options" || OVERRIDES.includes(name.toLowerCase())) parameters.delete(name);
  }
  return {
    connectionString: parameters.size > 0 ? `${base}?${parameters}` : base,
    options: own ? `${own} ${STARTUP_OPTIONS}` : STARTUP_OPTIONS,
  };
}

export type SessionState = {
  /** The id of the server process. */
  pid: number;
  settings: Record<Setting, string>;
  isReadOnly: boolean;
};

/** SQL that is true if the session's login owns the app's tables, or could become their owner. */
export const LOGIN_IS_OWNER = `(
  EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolcreaterole)) OR
  EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
             AND pg_has_role(session_user, relowner, 'MEMBER')))`;

/** SQL for a setting's value. `current_user` also shows a role from the login's own settings. */
const expressionOf = (name: Setting) =>
  name === "role" ? "current_user" : `current_setting('${name}')`;

const READ_STATE = `
  SELECT pg_backend_pid() AS pid,
         current_setting('transaction_read_only') = 'on' AS "isReadOnly",
         json_build_object(${SETTINGS.map((name) => `'${name}', ${expressionOf(name)}`)}) AS settings`;

const QUERY_TIMEOUT_MS = 5_000;

/** Reads the settings of a session in one round trip. */
export const readState = (client: pg.ClientBase): Promise<SessionState> => ask(client, READ_STATE);

export type Login = { login: string; isOwner: boolean };

/** Reads the login of a session. It is the same for all connections of a pool. */
export const readLogin = (client: pg.ClientBase): Promise<Login> =>
  ask(client, `SELECT session_user::text AS login, ${LOGIN_IS_OWNER} AS "isOwner"`);

async function ask<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  text: string,
): Promise<Row> {
  const query = { text, query_timeout: QUERY_TIMEOUT_MS };
  const { rows } = await client.query<Row>(query);
  const [row] = rows;
  if (!row) throw new Error("the database returned no row");
  return row;
}

/** Returns the settings that do not have the required value. */
export const missingSettings = ({ settings }: SessionState): Setting[] =>
  SETTINGS.filter((name) => settings[name] !== REQUIRED[name]);

/** Describes each setting's current and required value. */
export const describeSettings = ({ settings }: SessionState, names: Setting[]): string[] =>
  names.map((name) => `${name} is ${settings[name]}, and must be ${REQUIRED[name]}`);

/** Sets the missing settings for the rest of the session. */
export async function setSettings(client: pg.ClientBase, names: Setting[]): Promise<void> {
  for (const name of names) {
    const query = { text: "SELECT set_config($1, $2, false)", query_timeout: QUERY_TIMEOUT_MS };
    await client.query({ ...query, values: [name, REQUIRED[name]] }).catch((cause: Error) => {
      throw new UnsafeConnectionError([`${name} cannot be set: ${cause.message}`], { cause });
    });
  }
}
