/** What a checkpoint swears to of one chain. */
export type Sworn = { at: Date; sequence: bigint; hash: string };
type Entry = { sequence: bigint; at: Date; hash: string };

/** An entry may be written this much after its transaction began. */
export const SLACK_MS = 60_000;

/** Sorts what checkpoints swear to of one chain as its entries are: by sequence. */
export const inSequence = (sworn: Sworn[]): Sworn[] =>
  sworn.sort((a, b) => (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0));

/**
 * Tells of one entry after the other whether it is what was sworn: the very entry that a checkpoint
 * names, and none slipped in behind one. Both are in sequence and each is walked once, for there are
 * thousands of checkpoints and the loop that compares them serves bookings as well.
 */
export function swornTo(sworn: Sworn[]): (entry: Entry) => boolean {
  let next = 0;
  /** The latest of the checkpoints that stand before the entry. */
  let latest = Number.NEGATIVE_INFINITY;
  return ({ sequence, at, hash }) => {
    for (let one = sworn[next]; one && one.sequence < sequence; one = sworn[++next]) {
      latest = Math.max(latest, one.at.getTime());
    }
    for (let n = next; sworn[n]?.sequence === sequence; n++) {
      if (sworn[n]?.hash !== hash) return false;
    }
    return at.getTime() >= latest - SLACK_MS;
  };
}
