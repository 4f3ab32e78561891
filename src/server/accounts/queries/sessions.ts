import { db } from "../../platform/db";
import { AppError } from "../../platform/errors";
import { decodeCursor, isInstant, isUuid, listOf, toPage } from "../../platform/page";
import { IDLE_MINUTES } from "../rules";
import type { SessionPage } from "../schema";
import { isNotIdle, type Session } from "../session";

type Row = {
  id: string;
  device: string;
  kind: "browser" | "api";
  created_at: Date;
  last_seen_at: Date;
};

/** Lists a person's sessions that have not ended, newest first. */
export async function listSessions(
  { userId, sessionId }: Pick<Session, "userId" | "sessionId">,
  input: { limit: number; cursor?: string },
): Promise<SessionPage> {
  const list = listOf("sessions", input);
  const [at = null, id = null] = decodeCursor(list, ([a, i]) => isInstant(a) && isUuid(i)) ?? [];
  const rows = await db.$queryRaw<Row[]>`
    SELECT s.id, s.device, s.kind::text AS kind, s.created_at, s.last_seen_at
      FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.user_id = ${userId}::uuid AND s.revoked_at IS NULL AND s.expires_at > app_now()
       AND ${isNotIdle}
       AND (${at}::timestamptz IS NULL OR (s.created_at, s.id) < (${at}::timestamptz, ${id}::uuid))
     ORDER BY s.created_at DESC, s.id DESC LIMIT ${list.limit + 1}`;
  return toPage(
    rows,
    list,
    (row) => ({
      id: row.id,
      device: row.device,
      kind: row.kind,
      createdAt: row.created_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
      current: row.id === sessionId,
    }),
    (row) => [row.created_at.toISOString(), row.id],
  );
}

/** Reads when a session ends without another request, and when it ends in any case. */
export async function getActivity({ sessionId, role }: Pick<Session, "sessionId" | "role">) {
  const [row] = await db.$queryRaw<Array<{ idle: Date; absolute: Date }>>`
    SELECT last_seen_at + make_interval(mins => ${IDLE_MINUTES[role]}::int) AS idle,
           expires_at AS absolute
      FROM sessions WHERE id = ${sessionId}::uuid`;
  if (!row) throw new AppError("NOT_FOUND");
  return { idleEndsAt: row.idle.toISOString(), endsAt: row.absolute.toISOString() };
}
