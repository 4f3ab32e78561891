import { expect } from "vitest";
import { env } from "@/env";
import { checkInvariants } from "../../scripts/checks/invariants/check";

/** No relay runs beside these tests, so events may wait in the outbox as long as they like. */
const NEEDS_THE_RELAY = "9";

// The file's end is seen by a setup file, which has modules of its own where a test reset them.
const shared = globalThis as typeof globalThis & { amrutamBroken?: string[] };

/**
 * For a file that breaks invariants by hand: its end does not ask for these.
 * @param ids as `npm run check:invariants` prints them.
 */
export function breaksByHand(...ids: string[]): void {
  shared.amrutamBroken = ids;
}

/** Every invariant that is broken in the test's database, with its first culprit. */
export async function violations(): Promise<string[]> {
  const findings = await checkInvariants(env.MIGRATION_DATABASE_URL ?? "");
  return findings
    .filter((finding) => finding.violations > 0 && finding.id !== NEEDS_THE_RELAY)
    .map(({ id, title, sample }) => `${id}: ${title}: ${sample}`);
}

/** Fails with every invariant that is broken. */
export async function expectInvariants(): Promise<void> {
  expect(await violations()).toEqual([]);
}

/** What is broken at a file's end and was not broken by hand. */
export async function brokenAtTheEnd(): Promise<string[]> {
  const byHand = shared.amrutamBroken ?? [];
  return (await violations()).filter((line) => !byHand.includes(line.split(":")[0] ?? ""));
}
