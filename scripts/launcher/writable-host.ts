import pg from "pg";
import { hostsOf } from "../../src/server/platform/hosts";
import { UserError } from "./command";

/**
 * Returns the URL of the first host that takes writes, if a database URL names several hosts.
 * @throws UserError if no host takes writes.
 */
export async function findWritableHost(url: string): Promise<string> {
  const hosts = hostsOf(url);
  if (hosts.length === 1) return url;
  for (const host of hosts) {
    if (await takesWrites(host)) return host;
  }
  throw new UserError("No host of the database URL can be reached and takes writes.");
}

async function takesWrites(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query("SHOW transaction_read_only");
    return rows[0]?.transaction_read_only === "off";
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
