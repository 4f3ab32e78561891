import { setTimeout as sleep } from "node:timers/promises";

type Say = (line: string) => void;
type Readiness = { missing?: string[]; database?: string };

const PATIENCE_MS = 5_000;
const EVERY_MS = 500;

/**
 * Resolves when `/api/health/ready` answers 200. After `patience` milliseconds it reports what is
 * missing, and reports again whenever that changes.
 */
export async function waitUntilReady(url: string, say: Say, patience = PATIENCE_MS): Promise<void> {
  const startedAt = Date.now();
  for (let reported = ""; ; await sleep(EVERY_MS)) {
    const missing = await findMissing(url);
    if (missing === null) return;
    if (missing === reported || Date.now() - startedAt < patience) continue;
    reported = missing;
    say(`Not ready yet: ${missing}`);
  }
}

async function findMissing(url: string): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/api/health/ready`);
    if (answer.ok) return null;
    const { missing = [], database } = (await answer.json()) as Readiness;
    return missing
      .map((part) => (part === "database" ? `the database is ${database}` : `no ${part}`))
      .join(", ");
  } catch (error) {
    return (error as Error).message;
  }
}
