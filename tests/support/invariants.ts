import { expect } from "vitest";
import { env } from "@/env";
import { checkInvariants } from "../../scripts/invariants";

/** No relay runs beside these tests, so events may wait in the outbox as long as they like. */
const NEEDS_THE_RELAY = "9";

/** Every invariant that is broken in the test's database, with its first culprit. */
export async function violations(): Promise<string[]> {
  const findings = await checkInvariants(env.DATABASE_URL);
  return findings
    .filter((finding) => finding.violations > 0 && finding.id !== NEEDS_THE_RELAY)
    .map(({ id, says, sample }) => `${id}: ${says}: ${sample}`);
}

/** Fails with every invariant that is broken. */
export async function expectInvariants(): Promise<void> {
  expect(await violations()).toEqual([]);
}
