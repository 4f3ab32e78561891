import { expect } from "vitest";
import { env } from "@/env";
import { checkInvariants } from "../../scripts/checks/invariants/check";

/** No relay runs in these tests, so events can stay in the outbox. */
const NEEDS_THE_RELAY = "9";

// A setup file reads this after the tests. It has its own modules if a test reset them.
const shared = globalThis as typeof globalThis & { amrutamBroken?: string[] };

/**
 * Excludes invariants from the check after the file's tests, because the tests break them.
 * @param ids as `npm run check:invariants` prints them.
 */
export function breaksByHand(...ids: string[]): void {
  shared.amrutamBroken = ids;
}

/** The violated invariants of the test's database, each with one example. */
export async function violations(): Promise<string[]> {
  const findings = await checkInvariants(env.MIGRATION_DATABASE_URL ?? "");
  return findings
    .filter((finding) => finding.violations > 0 && finding.id !== NEEDS_THE_RELAY)
    .map(({ id, title, sample }) => `${id}: ${title}: ${sample}`);
}

/** Fails if an invariant is violated. */
export async function expectInvariants(): Promise<void> {
  expect(await violations()).toEqual([]);
}

/** The violations after a file's tests, without the excluded ones. */
export async function brokenAtTheEnd(): Promise<string[]> {
  const byHand = shared.amrutamBroken ?? [];
  return (await violations()).filter((line) => !byHand.includes(line.split(":")[0] ?? ""));
}
