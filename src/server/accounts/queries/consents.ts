import { db } from "../../platform/db";
import type { Consent, ConsentPage } from "../schema";

/** A consent as its giver sees it. */
export const toConsent = (row: { purpose: string; version: number; givenAt: Date }): Consent => ({
  purpose: row.purpose as Consent["purpose"],
  version: row.version,
  givenAt: row.givenAt.toISOString(),
});

/** The consents that stand, on one page: there are as few as there are purposes. */
export async function listConsents(userId: string): Promise<ConsentPage> {
  const rows = await db.consent.findMany({
    where: { userId, withdrawnAt: null },
    orderBy: { givenAt: "desc" },
  });
  return { items: rows.map(toConsent), nextCursor: null };
}
