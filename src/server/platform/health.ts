import { jobsAreWell } from "../job-engine/health";
import { db } from "./db";
import { isReadOnly } from "./errors";
import { storeAnswers } from "./rate-limit-store";
import { canStore } from "./storage";

const PATIENCE_MS = 2000;

type DatabaseState = "writable" | "read-only" | "full" | "unreachable";

/** Whether the database takes writes: a standby and a database in read-only mode only answer. */
export async function databaseState(): Promise<DatabaseState> {
  const asked = db.$queryRaw<Array<{ isReadOnly: boolean }>>`
    SELECT current_setting('transaction_read_only') = 'on' AS "isReadOnly"`.then(
    ([row]): DatabaseState => (row?.isReadOnly ? "read-only" : "writable"),
    (error: unknown): DatabaseState => (isReadOnly(error) ? "read-only" : "unreachable"),
  );
  const late = new Promise<DatabaseState>((resolve) => {
    setTimeout(() => resolve("unreachable"), PATIENCE_MS).unref();
  });
  const state = await Promise.race([asked, late]);
  return state === "writable" && !(await canStore()) ? "full" : state;
}

/** What this process needs beside the database and whether it is there. @returns the names of what is not. */
export function missingParts(database: DatabaseState): string[] {
  return [...(database === "writable" ? [] : ["database"]), ...(jobsAreWell() ? [] : ["jobs"])];
}

/**
 * What this process does without for now: it serves, with limits that it counts alone, so a balancer
 * must not take it out. @returns the names.
 */
export async function degradedParts(): Promise<string[]> {
  return (await storeAnswers()) ? [] : ["cache"];
}
