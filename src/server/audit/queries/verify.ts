import { createPublicKey, verify as verifySignature } from "node:crypto";
import { env } from "@/env";
import type { AuditCheckpoint } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import type { Broken, Verification, VerifyRange } from "../schema";
import { inSequence, SLACK_MS, type Sworn, swornTo } from "./signed-heads";

type Link = {
  id: string;
  sequence: bigint;
  at: Date;
  sound: boolean;
  prev_hash: Uint8Array;
  hash: Uint8Array;
};
type Head = { sequence: bigint; hash: Uint8Array };

const BATCH = 2000;
/** As many checkpoints as are verified in about 10 ms: while the next ones are read, others have their turn. */
const CHECKPOINTS = 50;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

type Checkpoint = { at: Date; heads: Map<number, { sequence: bigint; hash: string }> };

/** What carries our signature, oldest first, and the first that does not. */
async function checkpoints(): Promise<{ forged: string | null; signed: Checkpoint[] }> {
  const key = createPublicKey(env.AUDIT_SIGNING_KEY);
  const signed: Checkpoint[] = [];
  let forged: string | null = null;
  let last: { id: string } | undefined;
  do {
    const rows: AuditCheckpoint[] = await db.auditCheckpoint.findMany({
      orderBy: [{ at: "asc" }, { id: "asc" }],
      take: CHECKPOINTS,
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

/** A checkpoint that does not name a chain swears that it was empty. */
const swornOf = (chain: number, signed: Checkpoint[]): Sworn[] =>
  inSequence(signed.map(({ at, heads }) => ({ at, sequence: 0n, hash: "", ...heads.get(chain) })));

/**
 * Recomputes the chains and holds them against their heads and the signed checkpoints: finds what
 * was edited, deleted, put in between, reordered or back-dated, and names the first such place.
 * A forged checkpoint is named with chain -1.
 */
export async function verifyAudit({ from, to }: VerifyRange = {}): Promise<Verification> {
  const { forged, signed } = await checkpoints();
  const sworn = signed.flatMap(({ heads }) => [...heads.keys()]);
  // A chain whose head was taken away is still known by its entries or by a checkpoint.
  const chains = await db.$queryRaw<Array<{ chain: number }>>`
    SELECT chain FROM audit_heads UNION SELECT chain FROM audit_logs
    UNION SELECT unnest(${[...new Set(sworn)]}::smallint[]) ORDER BY chain`;
  let entries = 0;
  let firstBroken: Broken | null = forged ? { chain: -1, sequence: 0, id: forged } : null;
  for (const { chain } of chains) {
    const found = await verifyChain(chain, swornOf(chain, signed), from, to);
    entries += found.entries;
    firstBroken ??= found.broken;
  }
  return { ok: firstBroken === null, entries, firstBroken };
}

const headOf = async (chain: number): Promise<Head | null> => {
  const [head] = await db.$queryRaw<Head[]>`
    SELECT sequence, hash FROM audit_heads WHERE chain = ${chain}::smallint`;
  return head ?? null;
};

async function verifyChain(chain: number, sworn: Sworn[], from?: string, to?: string) {
  // Read before the entries: those that are written meanwhile stand behind it.
  const head = await headOf(chain);
  const broken = (sequence: bigint, id: string): Broken => ({
    chain,
    sequence: Number(sequence),
    id,
  });
  const isSworn = swornTo(sworn);
  let entries = 0;
  let before: Link | null = null;
  for (;;) {
    const after: bigint = before?.sequence ?? -1n;
    const links: Link[] = await db.$queryRaw<Link[]>`
      SELECT l.id, l.sequence, l.at, l.prev_hash, l.hash, l.hash = audit_hash(l.*) AS sound
        FROM audit_logs l
       WHERE l.chain = ${chain}::smallint AND l.sequence > ${after}
         AND (${from ?? null}::timestamptz IS NULL OR l.at >= ${from ?? null}::timestamptz)
         AND (${to ?? null}::timestamptz IS NULL OR l.at < ${to ?? null}::timestamptz)
       ORDER BY l.sequence LIMIT ${BATCH}`;
    for (const link of links) {
      entries++;
      const fits =
        follows(link, before, from !== undefined) && isSworn({ ...link, hash: hex(link.hash) });
      const isHead = link.sequence !== head?.sequence || hex(link.hash) === hex(head.hash);
      if (!fits || !isHead) return { entries, broken: broken(link.sequence, link.id) };
      before = link;
    }
    if (links.length < BATCH) break;
  }
  // Only a check up to now can tell that the end was cut off, or that something was put behind it.
  if (to !== undefined || (from !== undefined && before === null)) return { entries, broken: null };
  const end = before?.sequence ?? 0n;
  const isCut = end < (head?.sequence ?? 0n) || end < (sworn.at(-1)?.sequence ?? 0n);
  const isBehind = end > ((await headOf(chain))?.sequence ?? 0n);
  const id = before?.id ?? "";
  if (isCut) return { entries, broken: broken(end + 1n, id) };
  return { entries, broken: isBehind ? broken(end, id) : null };
}

/** Whether a link is sound and hangs on the one before it, in sequence, hash and time. */
function follows(link: Link, before: Link | null, fromTheMiddle: boolean): boolean {
  if (!link.sound) return false;
  if (!before) return fromTheMiddle || link.sequence === 1n;
  return (
    link.sequence === before.sequence + 1n &&
    hex(link.prev_hash) === hex(before.hash) &&
    link.at.getTime() >= before.at.getTime() - SLACK_MS
  );
}
