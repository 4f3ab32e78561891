import { Prisma } from "@/generated/prisma/client";

// A booking's payment and consultation are created and closed with the booking, in its statement.
// These are the only writes of this domain to their tables. What happens to them in between is the
// business of their own domains (docs/decisions/0017-table-ownership.md).

/** Builds the statement that opens the payment of a hold. @param from rows of bookings. */
export const openPaymentSql = (
  paymentId: string,
  provider: string,
  from: Prisma.Sql,
): Prisma.Sql => Prisma.sql`
  INSERT INTO payments (id, booking_id, provider, amount, currency)
  SELECT ${paymentId}::uuid, f.id, ${provider}, f.price_amount, f.currency FROM ${from} f`;

/** Builds the statement that closes the unpaid payments of bookings that end. @param from rows with their id. */
export const closeUnpaidSql = (from: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UPDATE payments p SET status = 'FAILED' FROM ${from} f
   WHERE p.booking_id = f.id AND p.status = 'PENDING'`;

/** Builds the statement that opens the consultations of confirmed bookings. @param from rows with their id. */
export const openConsultationsSql = (from: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`INSERT INTO consultations (booking_id) SELECT f.id FROM ${from} f`;

/** Builds the statement that cancels the consultations of cancelled bookings. @param from rows with their id. */
export const cancelConsultationsSql = (from: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UPDATE consultations k SET status = 'CANCELLED' FROM ${from} f WHERE k.booking_id = f.id`;

/** Builds the statement that replaces the rooms of moved bookings: old join links stop working. @param from rows with their id. */
export const renewRoomsSql = (from: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UPDATE consultations k SET room_id = gen_random_uuid() FROM ${from} f WHERE k.booking_id = f.id`;
