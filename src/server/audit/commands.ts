import { sign } from "node:crypto";
import { env } from "@/env";
import { clock } from "../platform/clock";
import { uuidOf } from "../platform/ids";
import { inTransaction, type Tx } from "../platform/transaction";
import type { Actor, AuditEntry } from "./schema";

/** Appends entries to the audit chains, in the transaction of the change that they record. */
export async function audit(tx: Tx, actor: Actor, ...entries: AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    const detail = JSON.stringify("detail" in entry ? (entry.detail ?? {}) : {});
    await tx.$queryRaw`SELECT audit_append(
      ${actor.userId}::uuid, ${actor.role}, ${entry.action}, ${entry.entityType}, ${entry.entityId},
      ${actor.requestId}, ${detail}::jsonb)::text`;
  }
}

/** Records something that is no change, in a transaction of its own: a refusal, a reading. */
export const auditAlone = (actor: Actor, entry: AuditEntry): Promise<void> =>
  inTransaction((tx) => audit(tx, actor, entry));

/**
 * Signs where every chain stands now. Whoever holds the database but not the key can rewrite nothing
 * that came before without its showing.
 * @param of what it is written for: written again, it stays the one that it was.
 */
export async function writeCheckpoint(of: string): Promise<void> {
  await inTransaction(async (tx) => {
    const heads = await tx.$queryRaw<Array<{ chain: number; sequence: bigint; hash: Uint8Array }>>`
      SELECT chain, sequence, hash FROM audit_heads WHERE sequence > 0 ORDER BY chain`;
    const at = clock.now();
    const sworn = heads.map(({ chain, sequence, hash }) => [
      chain,
      String(sequence),
      Buffer.from(hash).toString("hex"),
    ]);
    const signature = sign(
      null,
      Buffer.from(JSON.stringify([at.toISOString(), sworn])),
      env.AUDIT_SIGNING_KEY,
    );
    await tx.auditCheckpoint.createMany({
      data: [{ id: uuidOf(of), at, heads: sworn, signature: new Uint8Array(signature) }],
      skipDuplicates: true,
    });
  });
}
