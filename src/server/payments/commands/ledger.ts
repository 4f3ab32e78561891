import type { LedgerAccount } from "@/generated/prisma/enums";
import { uuidv7 } from "../../platform/ids";
import type { Tx } from "../../platform/transaction";

type Posting = Array<{ account: LedgerAccount; amount: number }>;

/**
 * Double entry in minor units; debits are positive. Money that a patient has paid for no confirmed
 * booking is a negative balance of `patient_receivable`: the clinic owes it.
 */
const POSTINGS = {
  /** The gateway has captured the patient's money. */
  capture: (amount: number): Posting => [
    { account: "gateway", amount },
    { account: "patient_receivable", amount: -amount },
  ],
  /** The booking is confirmed: the money is earned. */
  sale: (amount: number): Posting => [
    { account: "patient_receivable", amount },
    { account: "revenue", amount: -amount },
  ],
  /** A refund is requested: the clinic owes this part of the sale to the patient. */
  refundOwed: (amount: number): Posting => [
    { account: "refunds", amount },
    { account: "patient_receivable", amount: -amount },
  ],
  /** The gateway has refunded the money. */
  refundPaid: (amount: number): Posting => [
    { account: "patient_receivable", amount },
    { account: "gateway", amount: -amount },
  ],
  /** The patient's bank rejected a refund: the gateway has the money again. */
  refundReturned: (amount: number): Posting => [
    { account: "gateway", amount },
    { account: "patient_receivable", amount: -amount },
  ],
};

/** Posts one ledger transaction; a deferred constraint checks that it sums to zero. */
export async function post(
  tx: Tx,
  kind: keyof typeof POSTINGS,
  paymentId: string,
  amount: number,
): Promise<void> {
  const transactionId = uuidv7();
  await tx.ledgerEntry.createMany({
    data: POSTINGS[kind](amount).map((entry) => ({ ...entry, transactionId, paymentId })),
  });
}
