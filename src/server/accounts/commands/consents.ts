import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { toConsent } from "../queries/consents";
import type { Consent } from "../schema";

/** The text that is agreed to; a change of the text is a new version. */
const VERSION = 1;

type Me = Actor & { userId: string };

/** Gives a consent; giving it again returns the one that stands. */
export async function giveConsent(
  tx: Tx,
  actor: Me,
  purpose: Consent["purpose"],
): Promise<Consent> {
  const { userId } = actor;
  const standing = await tx.consent.findFirst({ where: { userId, purpose, withdrawnAt: null } });
  if (standing?.version === VERSION) return toConsent(standing);
  if (standing) await withdraw(tx, actor, standing.id);
  const given = await tx.consent.create({ data: { userId, purpose, version: VERSION } });
  await audit(tx, actor, { action: "consent.given", entityType: "consent", entityId: given.id });
  return toConsent(given);
}

/** Takes a consent back. @throws NOT_FOUND where none stands. */
export async function withdrawConsent(
  tx: Tx,
  actor: Me,
  purpose: Consent["purpose"],
): Promise<Consent> {
  const { userId } = actor;
  const standing = await tx.consent.findFirst({ where: { userId, purpose, withdrawnAt: null } });
  if (!standing) throw new AppError("NOT_FOUND");
  await withdraw(tx, actor, standing.id);
  return toConsent(standing);
}

async function withdraw(tx: Tx, actor: Me, id: string) {
  await tx.$executeRaw`UPDATE consents SET withdrawn_at = app_now() WHERE id = ${id}::uuid`;
  await audit(tx, actor, { action: "consent.withdrawn", entityType: "consent", entityId: id });
}
