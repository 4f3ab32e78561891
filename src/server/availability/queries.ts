import { Prisma } from "@/generated/prisma/client";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import { decodeCursor, isInstant, isUuid, toPage } from "../platform/page";
import type { ListSlots, Slot } from "./schema";

type Row = {
  id: string;
  doctor_id: string;
  starts_at: Date;
  ends_at: Date;
  status: Slot["status"];
};

/** A slot's row as callers see it. */
export const toSlot = (row: Row): Slot => ({
  id: row.id,
  doctorId: row.doctor_id,
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  status: row.status,
});

/** An approved doctor's slots from `from` (now) to `to` (14 days on), earliest first. @throws NOT_FOUND. */
export async function listSlots(input: ListSlots) {
  const { doctorId, from, to, limit } = input;
  const key = decodeCursor(input.cursor, ([at, id]) => isInstant(at) && isUuid(id));
  const start = from ? Prisma.sql`${from}::timestamptz` : Prisma.sql`app_now()`;
  const rows = await db.$queryRaw<Array<Row & { id: string | null }>>`
    SELECT s.id, d.id AS doctor_id, s.starts_at, s.ends_at, s.status::text AS status
      FROM doctors d
      LEFT JOIN LATERAL (
        SELECT * FROM availability_slots s
         WHERE s.doctor_id = d.id AND s.withdrawn_at IS NULL AND s.starts_at >= ${start}
           AND s.starts_at < ${to ? Prisma.sql`${to}::timestamptz` : Prisma.sql`${start} + interval '14 days'`}
           ${key ? Prisma.sql`AND (s.starts_at, s.id) > (${key[0]}::timestamptz, ${key[1]}::uuid)` : Prisma.empty}
         ORDER BY s.starts_at, s.id LIMIT ${limit + 1}) s ON true
     WHERE d.id = ${doctorId}::uuid AND d.status = 'APPROVED'
     ORDER BY s.starts_at, s.id`;
  if (rows.length === 0) throw new AppError("NOT_FOUND");
  const slots = rows.filter((row) => row.id !== null);
  return toPage(slots, limit, toSlot, (row) => [row.starts_at.toISOString(), row.id]);
}
