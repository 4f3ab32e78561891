import { setTimeout as sleep } from "node:timers/promises";

type Say = (line: string) => void;
type Readiness = { missing?: string[]; database?: string };

const PATIENCE_MS = 5_000;
const EVERY_MS = 500;

/**
 * Resolves once `/api/health/ready` answers 200. What is missing for longer than a moment is named,
 * again whenever it changes.
 */
export async function untilReady(url: string, say: Say, patience = PATIENCE_MS): Promise<void> {
  const startedAt = Date.now();
  for (let said = ""; ; await sleep(EVERY_MS)) {
    const missing = await whatIsMissing(url);
    if (missing === null) return;
    if (missing === said || Date.now() - startedAt < patience) continue;
    said = missing;
    say(`Not ready yet: ${missing}`);
  }
}

async function whatIsMissing(url: string): Promise<string | null> {
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
