import pg from "pg";
import { inject } from "vitest";

/** Lends a connection of the owner of the demo's database: for what no page can do. */
export async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: inject("databaseUrl") });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
