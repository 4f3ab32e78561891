import { env } from "@/env";
import { within } from "../bookings/queries/scope";
import type { BookingScope } from "../bookings/rules";
import { db } from "../platform/db";
import { AppError } from "../platform/errors";
import type { Tx } from "../platform/transaction";
import { roomIsOpen } from "./rules";
import type { Consultation } from "./schema";

type Row = {
  id: string;
  status: Consultation["status"];
  started_at: Date | null;
  ended_at: Date | null;
  room_id: string;
  starts_at: Date;
  ends_at: Date;
  now: Date;
};

/** Builds the address of a room: MEETING_URL_TEMPLATE with `{room}` replaced, or a page of ours. */
const roomUrl = (roomId: string) =>
  env.MEETING_URL_TEMPLATE
    ? env.MEETING_URL_TEMPLATE.replaceAll("{room}", roomId)
    : `${env.APP_URL}/rooms/${roomId}`;

/** Reads the consultation of a booking in the caller's scope. @throws NOT_FOUND, also before the payment. */
export async function getConsultation(
  scope: BookingScope,
  bookingId: string,
  tx: Tx = db,
): Promise<Consultation> {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT c.id, c.status::text AS status, c.started_at, c.ended_at, c.room_id, b.starts_at, b.ends_at,
           app_now() AS now
      FROM consultations c JOIN bookings b ON b.id = c.booking_id
     WHERE b.id = ${bookingId}::uuid AND ${within(scope)}`;
  if (!row) throw new AppError("NOT_FOUND");
  const visit = { status: row.status, startsAt: row.starts_at, endsAt: row.ends_at };
  return {
    id: row.id,
    status: row.status,
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    joinUrl: roomIsOpen(visit, row.now) ? roomUrl(row.room_id) : null,
  };
}
