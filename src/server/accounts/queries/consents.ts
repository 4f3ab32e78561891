import { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import type { Consent, ConsentPage } from "../schema";

/** A consent as its giver sees it. */
export const toConsent = (row: { purpose: string; version: number; givenAt: Date }): Consent => ({
  purpose: row.purpose as Consent["purpose"],
  version: row.version,
  givenAt: row.givenAt.toISOString(),
});

/** SQL: whether a person agreed to a purpose, and has not taken it back. */
export const hasConsent = (purpose: Consent["purpose"], userId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM consents agreed WHERE agreed.user_id = ${userId}
                        AND agreed.purpose = ${purpose} AND agreed.withdrawn_at IS NULL)`;

/** The consents that stand, on one page: there are as few as there are purposes. */
export async function listConsents(userId: string): Promise<ConsentPage> {
  const rows = await db.consent.findMany({
    where: { userId, withdrawnAt: null },
    orderBy: { givenAt: "desc" },
  });
  return { items: rows.map(toConsent), nextCursor: null };
}
