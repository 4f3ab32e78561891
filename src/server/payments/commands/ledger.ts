import type { LedgerAccount } from "@/generated/prisma/enums";
import { uuidv7 } from "../../platform/ids";
import type { Tx } from "../../platform/transaction";

type Posting = Array<{ account: LedgerAccount; amount: number }>;

/**
 * Double entry, in minor units; debits are positive. What a patient has paid and not yet been sold
 * stands in `patient_receivable` as a negative balance: we owe it.
 */
const POSTINGS = {
  /** The gateway holds the patient's money. */
  capture: (amount: number): Posting => [
    { account: "gateway", amount },
    { account: "patient_receivable", amount: -amount },
  ],
  /** The booking is confirmed: the money is earned. */
  sale: (amount: number): Posting => [
    { account: "patient_receivable", amount },
    { account: "revenue", amount: -amount },
  ],
  /** A sale is given back, in part or whole: we owe the patient again. */
  refundOwed: (amount: number): Posting => [
    { account: "refunds", amount },
    { account: "patient_receivable", amount: -amount },
  ],
  /** The gateway returned the money. */
  refundPaid: (amount: number): Posting => [
    { account: "patient_receivable", amount },
    { account: "gateway", amount: -amount },
  ],
  /** It came back to the gateway: a bank would not take it. */
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
