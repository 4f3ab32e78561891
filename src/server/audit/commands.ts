import { sign } from "node:crypto";
import { env } from "@/env";
import { Prisma } from "@/generated/prisma/client";
import { clock } from "../platform/clock";
import { db } from "../platform/db";
import { uuidOf } from "../platform/ids";
import { jsonSql } from "../platform/sql";
import { inTransaction, type Tx } from "../platform/transaction";
import type { Actor, AuditEntry } from "./schema";

type Role = Exclude<Actor["role"], "system">;

/** Appends audit entries in the transaction of the change that they record. */
export async function audit(tx: Tx, actor: Actor, ...entries: AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    const detail = JSON.stringify("detail" in entry ? (entry.detail ?? {}) : {});
    const entityId = Prisma.sql`${entry.entityId}`;
    await tx.$queryRaw`SELECT ${appendSql(actor, entry, entityId, Prisma.sql`${detail}::jsonb`)}`;
  }
}

/** An actor whose id can be an SQL expression. */
type ActorSql = Omit<Actor, "userId"> & { userId: Actor["userId"] | Prisma.Sql };

/** An audit entry whose id and detail are SQL expressions. */
type EntrySql<Entry = AuditEntry> = Entry extends AuditEntry
  ? {
      [Key in keyof Entry]: Key extends "entityId"
        ? Prisma.Sql
        : Key extends "detail"
          ? { [Field in keyof Entry[Key]]: Prisma.Sql }
          : Entry[Key];
    }
  : never;

/**
 * Builds an SQL expression that appends an entry to the audit chains. A statement that selects it
 * from the rows that it changed appends one entry for each row.
 * @param entry `entityId` of type text; parameters inside `detail` need a cast.
 */
export function auditSql(actor: ActorSql, entry: EntrySql): Prisma.Sql {
  const detail = "detail" in entry ? (entry.detail ?? {}) : {};
  return appendSql(actor, entry, entry.entityId, jsonSql({ ...detail }));
}

const appendSql = (
  { userId, role, requestId }: ActorSql,
  { action, entityType }: Pick<AuditEntry, "action" | "entityType">,
  entityId: Prisma.Sql,
  detail: Prisma.Sql,
): Prisma.Sql =>
  // The function returns void, which the driver adapter cannot read, so the result is cast to text.
  Prisma.sql`audit_append(${userId}::uuid, ${role}, ${action}, ${entityType}, ${entityId},
    ${requestId}, ${detail})::text`;

/** Records a read. A read has no transaction that the entry could share, so the entry gets its own. */
export const auditRead = (actor: Actor, entry: AuditEntry): Promise<void> =>
  inTransaction((tx) => audit(tx, actor, entry));

type RefusedActor = Actor & { userId: string };

/**
 * Records that a procedure refused a call. The first refusal of a user, procedure and reason in a minute
 * is an audit entry. Further refusals are only counted, and `summariseRefusals` writes one entry for
 * them. Otherwise a caller could fill the audit log, which nobody can delete from.
 */
export async function recordRefusal(actor: RefusedActor, procedure: string, reason: string) {
  const { userId } = actor;
  const incrementCount = () => db.$executeRaw`
    UPDATE refusals SET count = count + 1
     WHERE user_id = ${userId}::uuid AND procedure = ${procedure} AND reason = ${reason}
       AND minute = date_trunc('minute', app_now())`;
  if ((await incrementCount()) > 0) return;
  const isFirst = await inTransaction(async (tx) => {
    const rows = await tx.$executeRaw`
      INSERT INTO refusals (user_id, procedure, reason, minute)
      VALUES (${userId}::uuid, ${procedure}, ${reason}, date_trunc('minute', app_now()))
      ON CONFLICT DO NOTHING`;
    if (rows === 0) return false;
    const entity = { entityType: "procedure", entityId: procedure } as const;
    await audit(tx, actor, { action: "access.denied", ...entity, detail: { reason } });
    return true;
  });
  if (!isFirst) await incrementCount();
}

type RefusalCount = {
  user_id: string;
  role: Role;
  procedure: string;
  reason: string;
  minute: Date;
  count: number;
};

/**
 * Writes one audit entry for each count of further refusals whose minute has passed.
 * @returns the number of entries.
 */
export async function summariseRefusals(): Promise<number> {
  return inTransaction(async (tx) => {
    const counts = await tx.$queryRaw<RefusalCount[]>`
      WITH deleted AS (
        DELETE FROM refusals WHERE minute < date_trunc('minute', app_now()) - interval '1 minute' RETURNING *)
      SELECT d.*, u.role::text AS role FROM deleted d JOIN users u ON u.id = d.user_id
       WHERE d.count > 1 ORDER BY d.minute`;
    for (const { user_id: userId, role, procedure, reason, minute, count } of counts) {
      await audit(
        tx,
        { userId, role, requestId: null },
        {
          action: "access.denied",
          entityType: "procedure",
          entityId: procedure,
          detail: { reason, count: count - 1, minute: minute.toISOString() },
        },
      );
    }
    return counts.length;
  });
}

/**
 * Signs the heads of all audit chains and stores them. Without the signing key, nobody who can write to
 * the database can change earlier entries undetected.
 * @param key makes the checkpoint idempotent: a second call with the same key inserts nothing.
 */
export async function writeCheckpoint(key: string): Promise<void> {
  await inTransaction(async (tx) => {
    const heads = await tx.$queryRaw<Array<{ chain: number; sequence: bigint; hash: Uint8Array }>>`
      SELECT chain, sequence, hash FROM audit_heads WHERE sequence > 0 ORDER BY chain`;
    const at = clock.now();
    const signedHeads = heads.map(({ chain, sequence, hash }) => [
      chain,
      String(sequence),
      Buffer.from(hash).toString("hex"),
    ]);
    const signature = sign(
      null,
      Buffer.from(JSON.stringify([at.toISOString(), signedHeads])),
      env.AUDIT_SIGNING_KEY,
    );
    await tx.auditCheckpoint.createMany({
      data: [{ id: uuidOf(key), at, heads: signedHeads, signature: new Uint8Array(signature) }],
      skipDuplicates: true,
    });
  });
}
