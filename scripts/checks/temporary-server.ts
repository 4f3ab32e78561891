import { type Postgres, startTemporaryPostgres } from "../launcher/postgres";

/** Runs `work` with a new, empty PostgreSQL and removes the server afterwards. */
export async function withTemporaryServer<Result>(
  work: (server: Postgres) => Promise<Result>,
): Promise<Result> {
  const server = await startTemporaryPostgres();
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
