import { expect } from "vitest";
import { sql } from "./database";
import { deliver, gatewayEvent } from "./gateway";

type Payment = Parameters<typeof gatewayEvent>[1];

/** Delivers the event of a refund that the clinic made at the gateway. */
export async function refundAtGateway(payment: Payment, amount: number, changed = {}) {
  const event = gatewayEvent("refund.succeeded", payment, { amount, ...changed });
  expect((await deliver(event)).status).toBe(200);
  return event;
}

/** Returns the status, the refunded amount and the refunds of a payment, as the database has them. */
export async function moneyOf(paymentId: string) {
  const [row] = await sql<{ status: string; refunded: number; refunds: string[] }>(
    `SELECT p.status, p.refunded_amount AS refunded,
            array(SELECT concat_ws(' ', r.reason, r.status, r.amount) FROM refunds r
                   WHERE r.payment_id = p.id ORDER BY r.created_at) AS refunds
       FROM payments p WHERE p.id = $1`,
    [paymentId],
  );
  return row;
}
