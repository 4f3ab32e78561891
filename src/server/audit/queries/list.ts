import { db } from "../../platform/db";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../../platform/page";
import type { ListAudit } from "../schema";
import { readSubjects } from "./subjects";

type Row = {
  id: string;
  at: Date;
  actor_id: string | null;
  actor_name: string | null;
  actor_role: string;
  action: string;
  entity_type: string;
  entity_id: string;
  detail: Record<string, unknown>;
  request_id: string | null;
  hash: Uint8Array;
  prev_hash: Uint8Array;
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Lists audit entries, newest first. */
export async function listAudit(input: ListAudit) {
  const { actorId, action, entityType, entityId, from, to, limit } = input;
  const list = listOf("audit", input);
  const [at = null, id = null] = decodeCursor(list, ([a, i]) => isInstant(a) && isUuid(i)) ?? [];
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, at, actor_id, (SELECT name FROM users WHERE users.id = actor_id) AS actor_name,
           actor_role, action, entity_type, entity_id, detail, request_id, hash, prev_hash
      FROM audit_logs
     WHERE (${actorId ?? null}::uuid IS NULL OR actor_id = ${actorId ?? null}::uuid)
       AND (${action ?? null}::text IS NULL OR action = ${action ?? null})
       AND (${entityType ?? null}::text IS NULL OR entity_type = ${entityType ?? null})
       AND (${entityId ?? null}::text IS NULL OR entity_id = ${entityId ?? null})
       AND (${from ?? null}::timestamptz IS NULL OR at >= ${from ?? null}::timestamptz)
       AND (${to ?? null}::timestamptz IS NULL OR at < ${to ?? null}::timestamptz)
       -- A cursor has the time in milliseconds, an entry in microseconds.
       AND (${id}::uuid IS NULL OR (at, id) < (
             SELECT at, id FROM audit_logs WHERE id = ${id}::uuid AND at >= ${at}::timestamptz
                AND at < ${at}::timestamptz + interval '1 millisecond'))
     ORDER BY at DESC, id DESC LIMIT ${limit + 1}`;
  const subjectOf = await readSubjects(
    rows.map(({ entity_type, entity_id }) => ({ entityType: entity_type, entityId: entity_id })),
  );
  return toPage(
    rows,
    list,
    (row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actorId: row.actor_id,
      actorName: row.actor_name,
      actorRole: row.actor_role,
      action: row.action,
      entityType: row.entity_type,
      entityId: row.entity_id,
      subject: subjectOf({ entityType: row.entity_type, entityId: row.entity_id }),
      detail: row.detail,
      requestId: row.request_id,
      hash: hex(row.hash),
      prevHash: hex(row.prev_hash),
    }),
    (row) => [row.at.toISOString(), row.id],
  );
}
