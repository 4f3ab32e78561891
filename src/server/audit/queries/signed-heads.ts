/** The head of one chain, as a checkpoint signed it. */
export type SignedHead = { at: Date; sequence: bigint; hash: string };
type Entry = { sequence: bigint; at: Date; hash: string };

/** An entry's time is the start of its transaction, so it can be this much older than the write. */
export const SLACK_MS = 60_000;

/** Sorts the signed heads of one chain by sequence. */
export const sortBySequence = (heads: SignedHead[]): SignedHead[] =>
  heads.sort((a, b) => (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0));

/**
 * Makes a function that checks the entries of one chain against its signed heads. An entry fails if a
 * head with its sequence has another hash, or if the entry is older than a head with a lower sequence.
 *
 * Each list is read once only: there are thousands of checkpoints, and the check runs in the process
 * that also serves bookings.
 * @param heads sorted by sequence. The function must be called with the entries in the same order.
 */
export function makeHeadCheck(heads: SignedHead[]): (entry: Entry) => boolean {
  let next = 0;
  /** The latest time of the heads that have a lower sequence than the entry. */
  let latest = Number.NEGATIVE_INFINITY;
  return ({ sequence, at, hash }) => {
    for (let head = heads[next]; head && head.sequence < sequence; head = heads[++next]) {
      latest = Math.max(latest, head.at.getTime());
    }
    for (let n = next; heads[n]?.sequence === sequence; n++) {
      if (heads[n]?.hash !== hash) return false;
    }
    return at.getTime() >= latest - SLACK_MS;
  };
}
