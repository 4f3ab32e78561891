import pg from "pg";
import { UnsafeConnectionError } from "./connection";

/** For how long a pooler assigns a server connection to a client: a session or one transaction. */
export type Pooling = "session" | "transaction";

const QUERY_TIMEOUT_MS = 5_000;
const ROUNDS = 3;

/**
 * Finds the mode of the pooler. In session mode, two clients keep one server connection each. In
 * transaction mode they share one, or get different ones. The first client asks twice as often as the
 * second, so that no rotation of a few connections looks like session mode.
 */
export async function probePooling(config: pg.ClientConfig): Promise<Pooling> {
  const [first, second] = [new pg.Client(config), new pg.Client(config)];
  for (const client of [first, second]) client.on("error", () => undefined);
  try {
    await Promise.all([first.connect(), second.connect()]);
    const [ofFirst, ofSecond] = [new Set<number>(), new Set<number>()];
    for (let round = 0; round < ROUNDS; round++) {
      ofFirst.add(await serverOf(first)).add(await serverOf(first));
      ofSecond.add(await serverOf(second));
    }
    const isOwnEach = new Set([...ofFirst, ...ofSecond]).size === 2;
    return isOwnEach && ofFirst.size === 1 ? "session" : "transaction";
  } finally {
    await Promise.all([first.end(), second.end()].map((end) => end.catch(() => undefined)));
  }
}

/** Returns the id of the server process that runs a transaction of this client. */
async function serverOf(client: pg.Client): Promise<number> {
  await ask(client, "BEGIN").catch((error: Error & { code?: string }) => {
    // PgBouncer's statement mode.
    if (error.code !== "08P01") throw error;
    const problem = `the pooler allows no transactions: ${error.message}`;
    throw new UnsafeConnectionError([problem], { cause: error });
  });
  const { rows } = await ask(client, "SELECT pg_backend_pid() AS pid");
  await ask(client, "COMMIT");
  return rows[0]?.pid ?? 0;
}

function ask(client: pg.Client, text: string): Promise<pg.QueryResult<{ pid: number }>> {
  const query = { text, query_timeout: QUERY_TIMEOUT_MS };
  return client.query<{ pid: number }>(query);
}
