import { Prisma } from "@/generated/prisma/client";
import { db } from "../../platform/db";
import type { Consent, ConsentPage } from "../schema";

/** Converts a row to a consent of the API. */
export const toConsent = (row: { purpose: string; version: number; givenAt: Date }): Consent => ({
  purpose: row.purpose as Consent["purpose"],
  version: row.version,
  givenAt: row.givenAt.toISOString(),
});

/** Builds an SQL condition: the person has given a consent to the purpose and not withdrawn it. */
export const hasConsent = (purpose: Consent["purpose"], userId: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM consents agreed WHERE agreed.user_id = ${userId}
                        AND agreed.purpose = ${purpose} AND agreed.withdrawn_at IS NULL)`;

/** Lists the consents that are not withdrawn. One page is enough: there is one consent for each purpose. */
export async function listConsents(userId: string): Promise<ConsentPage> {
  const rows = await db.consent.findMany({
    where: { userId, withdrawnAt: null },
    orderBy: { givenAt: "desc" },
  });
  return { items: rows.map(toConsent), nextCursor: null };
}
