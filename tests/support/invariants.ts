import { expect } from "vitest";
import { env } from "@/env";
import { checkInvariants } from "../../scripts/invariants";

/** Every invariant that is broken, as `id: what it says (how often, for example where)`. */
export async function violations(): Promise<string[]> {
  const findings = await checkInvariants(env.DATABASE_URL);
  return findings
    .filter((finding) => finding.violations > 0)
    .map(({ id, says, violations: n, sample }) => `${id}: ${says} (${n}, for example ${sample})`);
}

/** Fails with every invariant that is broken. */
export async function expectInvariants(): Promise<void> {
  expect(await violations()).toEqual([]);
}
