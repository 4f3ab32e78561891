import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  makeHeadCheck,
  type SignedHead,
  SLACK_MS,
  sortBySequence,
} from "@/server/audit/queries/signed-heads";

type Entry = { sequence: bigint; at: Date; hash: string };

/** The rule in its simplest form: it compares an entry with every signed head. */
const rule = (heads: SignedHead[], entry: Entry): boolean =>
  heads.every(({ sequence, at, hash }) => {
    if (entry.sequence === sequence) return entry.hash === hash;
    return entry.sequence < sequence || entry.at.getTime() >= at.getTime() - SLACK_MS;
  });

const hash = fc.constantFrom("a", "b");
const at = fc.nat(20).map((steps) => new Date((steps * SLACK_MS) / 4));
const signedHeads = fc.array(fc.record({ sequence: fc.bigInt(0n, 12n), at, hash }), {
  maxLength: 20,
});
/** Up to ten consecutive entries of a chain. */
const entries = fc
  .tuple(fc.bigInt(1n, 6n), fc.array(fc.record({ at, hash }), { maxLength: 10 }))
  .map(([first, rest]) =>
    rest.map((entry, n): Entry => ({ ...entry, sequence: first + BigInt(n) })),
  );

describe("the check of entries against signed heads", () => {
  test("gives the same result as comparing every entry with every signed head", () => {
    fc.assert(
      fc.property(signedHeads, entries, (heads, chain) => {
        const check = makeHeadCheck(sortBySequence([...heads]));
        expect(chain.map(check)).toEqual(chain.map((entry) => rule(heads, entry)));
      }),
      { numRuns: 2000 },
    );
  });

  test("reads each signed head only a few times", () => {
    let reads = 0;
    const heads = Array.from({ length: 9000 }, (_, n): SignedHead => {
      const head = { at: new Date(0), sequence: BigInt(n), hash: "a" };
      return Object.defineProperty(head, "sequence", {
        get: () => {
          reads++;
          return BigInt(n);
        },
      });
    });
    const check = makeHeadCheck(heads);
    for (let n = 0n; n < 9000n; n++) check({ sequence: n, at: new Date(0), hash: "a" });
    // Counts reads because time is unreliable. Without the single pass there would be 9000 reads per head.
    expect(reads).toBeLessThan(6 * heads.length);
  });
});
