import pg from "pg";

/** The app's login on the embedded PostgreSQL. It owns nothing and may only become amrutam_app. */
export const APP_LOGIN = "amrutam_login";

/** Creates the app's login if it is missing. @param url connects as the superuser. */
export async function ensureAppLogin(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT rolname AS name FROM pg_roles WHERE rolname IN ('amrutam_app', $1)",
      [APP_LOGIN],
    );
    const names = rows.map(({ name }) => name);
    // The first migration creates this role too, for databases that are not embedded.
    if (!names.includes("amrutam_app")) await client.query("CREATE ROLE amrutam_app NOLOGIN");
    if (names.includes(APP_LOGIN)) return;
    await client.query(
      `CREATE ROLE ${APP_LOGIN} LOGIN NOINHERIT PASSWORD ${pg.escapeLiteral(password)} IN ROLE amrutam_app`,
    );
  } finally {
    await client.end();
  }
}
