import { createPublicKey, verify as verifySignature } from "node:crypto";
import { env } from "@/env";
import { db } from "../platform/db";
import { decodeCursor, isInstant, isUuid, toPage } from "../platform/page";
import type { Broken, ListAudit, Verification, VerifyRange } from "./schema";

type Row = {
  id: string;
  at: Date;
  actor_id: string | null;
  actor_role: string;
  action: string;
  entity_type: string;
  entity_id: string;
  request_id: string | null;
  hash: Uint8Array;
  prev_hash: Uint8Array;
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Audit entries, newest first. */
export async function listAudit(input: ListAudit) {
  const { actorId, action, entityType, entityId, from, to, limit, cursor } = input;
  const [at = null, id = null] = decodeCursor(cursor, ([a, i]) => isInstant(a) && isUuid(i)) ?? [];
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, at, actor_id, actor_role, action, entity_type, entity_id, request_id, hash, prev_hash
      FROM audit_logs
     WHERE (${actorId ?? null}::uuid IS NULL OR actor_id = ${actorId ?? null}::uuid)
       AND (${action ?? null}::text IS NULL OR action = ${action ?? null})
       AND (${entityType ?? null}::text IS NULL OR entity_type = ${entityType ?? null})
       AND (${entityId ?? null}::text IS NULL OR entity_id = ${entityId ?? null})
       AND (${from ?? null}::timestamptz IS NULL OR at >= ${from ?? null}::timestamptz)
       AND (${to ?? null}::timestamptz IS NULL OR at < ${to ?? null}::timestamptz)
       AND (${at}::timestamptz IS NULL OR (date_trunc('milliseconds', at), id) < (${at}::timestamptz, ${id}::uuid))
     ORDER BY date_trunc('milliseconds', at) DESC, id DESC LIMIT ${limit + 1}`;
  return toPage(
    rows,
    limit,
    (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actorId: row.actor_id,
      actorRole: row.actor_role,
      action: row.action,
      entityType: row.entity_type,
      entityId: row.entity_id,
      requestId: row.request_id,
      hash: hex(row.hash),
      prevHash: hex(row.prev_hash),
    }),
    (row) => [row.at.toISOString(), row.id],
  );
}

type Link = {
  id: string;
  sequence: bigint;
  at: Date;
  sound: boolean;
  prev_hash: Uint8Array;
  hash: Uint8Array;
};
type Head = { chain: number; sequence: bigint; hash: Uint8Array };
/** What a checkpoint swears to of one chain. */
type Sworn = { at: Date; sequence: bigint; hash: string };

const BATCH = 2000;
/** An entry may be written this much after its transaction began. */
const SLACK_MS = 60_000;

/** Whether checkpoints carry our signature; what they swear to, by chain, oldest first. */
async function checkpoints(): Promise<{ forged: string | null; sworn: Map<number, Sworn[]> }> {
  const rows = await db.auditCheckpoint.findMany({ orderBy: { at: "asc" } });
  const key = createPublicKey(env.AUDIT_SIGNING_KEY);
  const sworn = new Map<number, Sworn[]>();
  let forged: string | null = null;
  for (const { id, at, heads, signature } of rows) {
    const text = Buffer.from(JSON.stringify([at.toISOString(), heads]));
    if (!verifySignature(null, text, key, signature)) forged ??= id;
    for (const [chain, sequence, hash] of heads as Array<[number, string, string]>) {
      const list = sworn.get(chain) ?? [];
      list.push({ at, sequence: BigInt(sequence), hash });
      sworn.set(chain, list);
    }
  }
  return { forged, sworn };
}

/**
 * Recomputes the chains and holds them against their heads and the signed checkpoints: finds what
 * was edited, deleted, put in between, reordered or back-dated, and names the first such place.
 * A forged checkpoint is named with chain -1.
 */
export async function verifyAudit({ from, to }: VerifyRange = {}): Promise<Verification> {
  const { forged, sworn } = await checkpoints();
  const heads = await db.$queryRaw<
    Head[]
  >`SELECT chain, sequence, hash FROM audit_heads ORDER BY chain`;
  let entries = 0;
  let firstBroken: Broken | null = forged ? { chain: -1, sequence: 0, id: forged } : null;
  for (const head of heads) {
    const found = await verifyChain(head, sworn.get(head.chain) ?? [], from, to);
    entries += found.entries;
    firstBroken ??= found.broken;
  }
  return { ok: firstBroken === null, entries, firstBroken };
}

async function verifyChain(head: Head, sworn: Sworn[], from?: string, to?: string) {
  const { chain } = head;
  const broken = (link: { sequence: bigint; id: string }): Broken => ({
    chain,
    sequence: Number(link.sequence),
    id: link.id,
  });
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
      if (!follows(link, before, from !== undefined) || !isSworn(link, sworn)) {
        return { entries, broken: broken(link) };
      }
      before = link;
    }
    if (links.length < BATCH) break;
  }
  // Only a check up to now can tell that the end was cut off.
  const end = before?.sequence ?? 0n;
  const cut = to === undefined && (before !== null || from === undefined) && end < head.sequence;
  return {
    entries,
    broken: cut ? broken({ sequence: head.sequence, id: before?.id ?? "" }) : null,
  };
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

/** Whether a link is what the checkpoints swore: the very entry they name, and none slipped in behind. */
function isSworn(link: Link, sworn: Sworn[]): boolean {
  return sworn.every(({ at, sequence, hash }) => {
    if (link.sequence === sequence) return hex(link.hash) === hash;
    return link.sequence < sequence || link.at.getTime() >= at.getTime() - SLACK_MS;
  });
}
