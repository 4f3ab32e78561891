import { Prisma } from "@/generated/prisma/client";
import { auditSql } from "../../audit/commands";
import { system } from "../../audit/schema";
import { freeSlotsSql } from "../../availability/commands/claim";
import { eventSql } from "../../platform/outbox";
import { inTransaction, type Tx } from "../../platform/transaction";

import { closeUnpaidSql } from "./parts";

const MOST_AT_ONCE = 100;

type Which = { bookingId: string } | { slotId: string; patientId: string } | "any";

function matches(which: Which): Prisma.Sql {
  if (which === "any") return Prisma.sql`true`;
  if ("bookingId" in which) return Prisma.sql`id = ${which.bookingId}::uuid`;
  return Prisma.sql`(slot_id = ${which.slotId}::uuid OR patient_id = ${which.patientId}::uuid)`;
}

/**
 * Ends holds that have expired by the database's clock, and frees their slots. The update checks the
 * state again, so that an earlier payment wins. It skips rows that another transaction has locked.
 * @returns how many holds it ended, at most 100.
 */
export const expireHolds = (which: Which): Promise<number> =>
  inTransaction((tx) => expireHoldsIn(tx, which));

const expiredEvent = eventSql(
  "booking/expired",
  { bookingId: Prisma.sql`e.id` },
  Prisma.sql`expired e`,
);
const expiredEntry = auditSql(system(), {
  action: "booking.expired",
  entityType: "booking",
  entityId: Prisma.sql`e.id::text`,
});

/** Does the same as a part of the caller's transaction. */
export async function expireHoldsIn(tx: Tx, which: Which): Promise<number> {
  const expired = await tx.$queryRaw<unknown[]>`
      WITH over AS (
        SELECT id FROM bookings
         WHERE status = 'PENDING' AND hold_expires_at <= app_now() AND ${matches(which)}
         ORDER BY hold_expires_at LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED),
      expired AS (
        UPDATE bookings b SET status = 'EXPIRED', hold_number = NULL FROM over
         WHERE b.id = over.id AND b.status = 'PENDING' AND b.hold_expires_at <= app_now()
        RETURNING b.id, b.slot_id),
      freed AS (${freeSlotsSql(Prisma.sql`expired`)}),
      unpaid AS (${closeUnpaidSql(Prisma.sql`expired`)}),
      event AS (${expiredEvent})
      SELECT ${expiredEntry} FROM expired e`;
  return expired.length;
}

/** Ends all expired holds, in case their jobs were lost. */
export async function expireAllHolds(): Promise<void> {
  while ((await expireHolds("any")) === MOST_AT_ONCE);
}
