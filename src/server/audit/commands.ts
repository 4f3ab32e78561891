import type { Tx } from "../platform/transaction";
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
