import { createPublicKey, verify as verifySignature } from "node:crypto";
import { env } from "@/env";
import type { AuditCheckpoint } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import type { Broken, Verification, VerifyRange } from "../schema";
import { makeHeadCheck, type SignedHead, SLACK_MS, sortBySequence } from "./signed-heads";

type Entry = {
  id: string;
  sequence: bigint;
  at: Date;
  /** Whether the stored hash is the hash of the stored entry. */
  hash_is_right: boolean;
  prev_hash: Uint8Array;
  hash: Uint8Array;
};
type Head = { sequence: bigint; hash: Uint8Array };
type Checkpoint = { at: Date; heads: Map<number, { sequence: bigint; hash: string }> };

const ENTRIES_PER_BATCH = 2000;
/** Verifying this many signatures takes about 10 ms. Other requests run while the next ones are read. */
const CHECKPOINTS_PER_BATCH = 50;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Reads the checkpoints with a valid signature, oldest first, and the id of the first other one. */
async function readCheckpoints(): Promise<{ forged: string | null; signed: Checkpoint[] }> {
  const key = createPublicKey(env.AUDIT_SIGNING_KEY);
  const signed: Checkpoint[] = [];
  let forged: string | null = null;
  let last: { id: string } | undefined;
  do {
    const rows: AuditCheckpoint[] = await db.auditCheckpoint.findMany({
      orderBy: [{ at: "asc" }, { id: "asc" }],
      take: CHECKPOINTS_PER_BATCH,
      ...(last && { cursor: { id: last.id }, skip: 1 }),
    });
    for (const { id, at, heads, signature } of rows) {
      const text = Buffer.from(JSON.stringify([at.toISOString(), heads]));
      if (!verifySignature(null, text, key, signature)) {
        forged ??= id;
        continue;
      }
      const list = (heads as Array<[number, string, string]>).map(
        ([chain, sequence, hash]) => [chain, { sequence: BigInt(sequence), hash }] as const,
      );
      signed.push({ at, heads: new Map(list) });
    }
    last = rows.at(-1);
  } while (last);
  return { forged, signed };
}

/** If a checkpoint does not contain the chain, the chain was empty at that time. */
const signedHeadsOf = (chain: number, signed: Checkpoint[]): SignedHead[] =>
  sortBySequence(
    signed.map(({ at, heads }) => ({ at, sequence: 0n, hash: "", ...heads.get(chain) })),
  );

/**
 * Recomputes the chains and compares them with their heads and with the signed checkpoints. Finds
 * entries that were edited, deleted, inserted, reordered or back-dated, and returns the first such
 * place. A checkpoint with a wrong signature is reported as chain -1.
 */
export async function verifyAudit(range: VerifyRange = {}): Promise<Verification> {
  const { forged, signed } = await readCheckpoints();
  const signedChains = signed.flatMap(({ heads }) => [...heads.keys()]);
  // A chain whose head row was deleted is still found through its entries or through a checkpoint.
  const chains = await db.$queryRaw<Array<{ chain: number }>>`
    SELECT chain FROM audit_heads UNION SELECT chain FROM audit_logs
    UNION SELECT unnest(${[...new Set(signedChains)]}::smallint[]) ORDER BY chain`;
  let entries = 0;
  let firstBroken: Broken | null = forged ? { chain: -1, sequence: 0, id: forged } : null;
  for (const { chain } of chains) {
    const found = await verifyChain(chain, signedHeadsOf(chain, signed), range);
    entries += found.entries;
    firstBroken ??= found.broken;
  }
  return { ok: firstBroken === null, entries, firstBroken };
}

const readHead = async (chain: number): Promise<Head | null> => {
  const [head] = await db.$queryRaw<Head[]>`
    SELECT sequence, hash FROM audit_heads WHERE chain = ${chain}::smallint`;
  return head ?? null;
};

/** Reads the entries of a chain in batches, by sequence. */
async function* readEntries(chain: number, { from, to }: VerifyRange): AsyncGenerator<Entry[]> {
  let last: Entry | undefined;
  do {
    const entries: Entry[] = await db.$queryRaw<Entry[]>`
      SELECT l.id, l.sequence, l.at, l.prev_hash, l.hash, l.hash = audit_hash(l.*) AS hash_is_right
        FROM audit_logs l
       WHERE l.chain = ${chain}::smallint AND l.sequence > ${last?.sequence ?? -1n}
         AND (${from ?? null}::timestamptz IS NULL OR l.at >= ${from ?? null}::timestamptz)
         AND (${to ?? null}::timestamptz IS NULL OR l.at < ${to ?? null}::timestamptz)
       ORDER BY l.sequence LIMIT ${ENTRIES_PER_BATCH}`;
    yield entries;
    last = entries.length < ENTRIES_PER_BATCH ? undefined : entries.at(-1);
  } while (last);
}

async function verifyChain(chain: number, signedHeads: SignedHead[], range: VerifyRange) {
  // Read the head before the entries: entries that are written meanwhile have a higher sequence.
  const head = await readHead(chain);
  const matchesSignedHeads = makeHeadCheck(signedHeads);
  const brokenAt = (sequence: bigint, id: string): Broken => ({
    chain,
    sequence: Number(sequence),
    id,
  });
  let count = 0;
  let last: Entry | null = null;
  for await (const entries of readEntries(chain, range)) {
    for (const entry of entries) {
      count++;
      const isIntact =
        follows(entry, last, range.from !== undefined) &&
        matchesSignedHeads({ ...entry, hash: hex(entry.hash) }) &&
        (entry.sequence !== head?.sequence || hex(entry.hash) === hex(head.hash));
      if (!isIntact) return { entries: count, broken: brokenAt(entry.sequence, entry.id) };
      last = entry;
    }
  }
  // Missing or added entries at the end can be found only if the range reaches the end of the chain.
  const hasEnd = range.to === undefined && (range.from === undefined || last !== null);
  if (!hasEnd) return { entries: count, broken: null };
  const end = last?.sequence ?? 0n;
  const id = last?.id ?? "";
  if (end < (head?.sequence ?? 0n) || end < (signedHeads.at(-1)?.sequence ?? 0n)) {
    return { entries: count, broken: brokenAt(end + 1n, id) };
  }
  const isPastHead = end > ((await readHead(chain))?.sequence ?? 0n);
  return { entries: count, broken: isPastHead ? brokenAt(end, id) : null };
}

/** Checks the hash of an entry, and that sequence, hash and time continue from the entry before it. */
function follows(entry: Entry, before: Entry | null, isPartOfChain: boolean): boolean {
  if (!entry.hash_is_right) return false;
  if (!before) return isPartOfChain || entry.sequence === 1n;
  return (
    entry.sequence === before.sequence + 1n &&
    hex(entry.prev_hash) === hex(before.hash) &&
    entry.at.getTime() >= before.at.getTime() - SLACK_MS
  );
}
