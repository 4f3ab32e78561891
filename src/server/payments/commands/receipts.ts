import { db } from "../../platform/db";
import { inTransaction } from "../../platform/transaction";
import { getReceipt } from "../queries";
import type { Receipt } from "../schema";

const MOST_AT_ONCE = 500;

/**
 * Gives the receipts that wait their numbers, in the order of their captures and without gaps. The
 * counter's row makes two runs at once one after the other: the later one is run again.
 * @returns how many got one; at most 500 a call.
 */
export async function numberReceipts(): Promise<number> {
  // A look without a lock first: mostly nothing waits.
  const waiting = await db.paymentReceipt.findFirst({ where: { number: null } });
  if (!waiting) return 0;
  return inTransaction(
    (tx) => tx.$executeRaw`
      WITH waiting AS (
        SELECT payment_id, year, created_at FROM receipts
         WHERE number IS NULL ORDER BY created_at, payment_id LIMIT ${MOST_AT_ONCE}),
      counted AS (SELECT year, count(*)::int AS n FROM waiting GROUP BY year),
      counters AS (
        INSERT INTO receipt_counters AS c (year, last) SELECT year, n FROM counted
        ON CONFLICT (year) DO UPDATE SET last = c.last + excluded.last
        RETURNING year, last),
      numbered AS (
        SELECT w.payment_id, (c.last - k.n + row_number() OVER (
                 PARTITION BY w.year ORDER BY w.created_at, w.payment_id))::int AS number
          FROM waiting w JOIN counted k USING (year) JOIN counters c USING (year))
      UPDATE receipts r SET number = n.number, issued_at = app_now()
        FROM numbered n WHERE r.payment_id = n.payment_id AND r.number IS NULL`,
  );
}

/** A patient's receipt; one that still waits for its number gets it now. @throws NOT_FOUND. */
export async function viewReceipt(patientId: string, paymentId: string): Promise<Receipt> {
  const receipt = await getReceipt(patientId, paymentId);
  if (receipt.number !== null || receipt.capturedAt === null) return receipt;
  await numberReceipts();
  return getReceipt(patientId, paymentId);
}
