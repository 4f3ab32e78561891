import { randomBytes } from "node:crypto";
import { DIRECT_URL, sql } from "./database";

/** The settings from docs/operations.md of a login behind a pooler in transaction mode. */
export const LOGIN_SETTINGS = [
  "role = amrutam_app",
  "statement_timeout = '5s'",
  "lock_timeout = '2s'",
  "idle_in_transaction_session_timeout = '10s'",
  "timezone = 'UTC'",
];

/** Makes a login, which may switch to the role amrutam_app by default. */
export async function makeAppLogin({ mayBecomeApp = true, settings = [] as string[] }) {
  const name = `login_${randomBytes(4).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  await sql(`CREATE ROLE ${name} LOGIN NOINHERIT PASSWORD '${password}'`);
  if (mayBecomeApp) await sql(`GRANT amrutam_app TO ${name}`);
  for (const setting of settings) await sql(`ALTER ROLE ${name} SET ${setting}`);
  return {
    url: Object.assign(new URL(DIRECT_URL), { username: name, password }).href,
    drop: () => sql(`DROP ROLE ${name}`),
  };
}
