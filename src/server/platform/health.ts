import { areJobsHealthy } from "../job-engine/health";
import { db } from "./db";
import { isReadOnly } from "./errors";
import { isStoreWritable } from "./rate-limit-store";
import { canStore } from "./storage";

const QUERY_TIMEOUT_MS = 2000;

type DatabaseState = "writable" | "read-only" | "full" | "unreachable";

/** Finds whether the database accepts writes. A standby or a read-only database only serves reads. */
export async function databaseState(): Promise<DatabaseState> {
  const queried = db.$queryRaw<Array<{ isReadOnly: boolean }>>`
    SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly"`.then(
    ([row]): DatabaseState => (row?.isReadOnly ? "read-only" : "writable"),
    (error: unknown): DatabaseState => (isReadOnly(error) ? "read-only" : "unreachable"),
  );
  const late = new Promise<DatabaseState>((resolve) => {
    setTimeout(() => resolve("unreachable"), QUERY_TIMEOUT_MS).unref();
  });
  const state = await Promise.race([queried, late]);
  return state === "writable" && !(await canStore()) ? "full" : state;
}

/** Returns the names of the parts without which this process cannot serve. */
export function missingParts(database: DatabaseState): string[] {
  return [...(database === "writable" ? [] : ["database"]), ...(areJobsHealthy() ? [] : ["jobs"])];
}

/**
 * Returns the names of the missing parts without which this process still serves. Without the cache it
 * counts rate limits by itself, so a load balancer must not remove it.
 */
export async function degradedParts(): Promise<string[]> {
  return (await isStoreWritable()) ? [] : ["cache"];
}
