import { Prisma } from "@/generated/prisma/client";
import { uuidv7 } from "./ids";
import { jsonSql } from "./sql";
import type { Tx } from "./transaction";

/** The domain events. They contain ids only, never clinical or personal data. */
export type DomainEvent =
  | { name: "booking/held"; data: { bookingId: string; holdExpiresAt: string } }
  | { name: "booking/confirmed"; data: { bookingId: string; version: number; startsAt: string } }
  | { name: "booking/rescheduled"; data: { bookingId: string; version: number; startsAt: string } }
  | { name: "booking/expired"; data: { bookingId: string } }
  | { name: "booking/cancelled"; data: { bookingId: string } }
  | { name: "payment/refund.requested"; data: { refundId: string; paymentId: string } }
  | { name: "account/mail.owed"; data: { messageId: string } }
  | { name: "payment/refund.failed"; data: { refundId: string; paymentId: string } }
  | { name: "payment/refunded"; data: { refundId: string; paymentId: string } };

/** The data of an event by its name. */
export type DataOf<Name extends DomainEvent["name"]> = Extract<DomainEvent, { name: Name }>["data"];

/** Records events in the transaction of the change that caused them. The relay delivers them later. */
export async function emit(tx: Tx, ...events: DomainEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.outboxEvent.createMany({
    data: events.map((event) => ({ id: uuidv7(), ...event })),
  });
}

/**
 * Builds a statement that records one event for each row of `from`. It can be part of a larger one:
 * `WITH …, event AS (${eventSql(…)})`.
 * @param data an SQL expression over `from` for each field of the event.
 * @param from what stands after FROM, for example `confirmed c`.
 */
export function eventSql<Name extends DomainEvent["name"]>(
  name: Name,
  data: Record<keyof DataOf<Name> & string, Prisma.Sql>,
  from: Prisma.Sql,
): Prisma.Sql {
  return insertSql("name, data", Prisma.sql`SELECT ${name}, ${jsonSql(data)} FROM ${from}`);
}

/**
 * Builds a statement that puts delivered events into the outbox again, with their ids.
 * @param rows a query for id, name, data and created_at. An id that is in the outbox is skipped.
 */
export const restoreEventsSql = (rows: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`${insertSql("id, name, data, created_at", rows)} ON CONFLICT (id) DO NOTHING`;

const insertSql = (columns: string, rows: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`INSERT INTO outbox (${Prisma.raw(columns)}) ${rows}`;
