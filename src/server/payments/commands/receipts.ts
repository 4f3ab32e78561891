import { db } from "../../platform/db";
import { inTransaction } from "../../platform/transaction";
import { getReceipt } from "../queries";
import type { Receipt } from "../schema";

const MOST_AT_ONCE = 500;

/**
 * Numbers the receipts that have no number yet, in the order of their captures and without gaps. Two
 * runs at once meet at the counter's row: the later one is retried after the first.
 * @returns how many receipts were numbered, at most 500.
 */
export async function numberReceipts(): Promise<number> {
  // Looks without a lock first, because usually no receipt waits.
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

/** Reads a patient's receipt, and numbers it first if it has no number yet. @throws NOT_FOUND. */
export async function viewReceipt(patientId: string, paymentId: string): Promise<Receipt> {
  const receipt = await getReceipt(patientId, paymentId);
  if (receipt.number !== null || receipt.capturedAt === null) return receipt;
  await numberReceipts();
  return getReceipt(patientId, paymentId);
}
