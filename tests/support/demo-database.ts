import pg from "pg";
import { inject } from "vitest";

/** Runs work as the owner of the demo's database, for what no page can do. */
export async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: inject("databaseUrl") });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

/** Makes all sessions of a person idle for this time. */
export async function makeIdle(email: string, seconds: number): Promise<void> {
  const { rowCount } = await asOwner((owner) =>
    owner.query(
      `UPDATE sessions SET last_seen_at = now() - make_interval(secs => $2)
        WHERE user_id = (SELECT id FROM users WHERE email = $1) AND revoked_at IS NULL`,
      [email, seconds],
    ),
  );
  if (rowCount === 0) throw new Error(`${email} has no session`);
}
