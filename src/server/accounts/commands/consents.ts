import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import { toConsent } from "../queries/consents";
import type { Consent } from "../schema";

/** The version of the text that people agree to. Increase it with each change of the text. */
const VERSION = 1;

type SignedInActor = Actor & { userId: string };

/** Gives a consent. If a consent to the current version exists, returns that consent. */
export async function giveConsent(
  tx: Tx,
  actor: SignedInActor,
  purpose: Consent["purpose"],
): Promise<Consent> {
  const { userId } = actor;
  const existing = await tx.consent.findFirst({ where: { userId, purpose, withdrawnAt: null } });
  if (existing?.version === VERSION) return toConsent(existing);
  if (existing) await withdraw(tx, actor, existing.id);
  const given = await tx.consent.create({ data: { userId, purpose, version: VERSION } });
  await audit(tx, actor, { action: "consent.given", entityType: "consent", entityId: given.id });
  return toConsent(given);
}

/** Withdraws a consent. @throws NOT_FOUND if there is none. */
export async function withdrawConsent(
  tx: Tx,
  actor: SignedInActor,
  purpose: Consent["purpose"],
): Promise<Consent> {
  const { userId } = actor;
  const existing = await tx.consent.findFirst({ where: { userId, purpose, withdrawnAt: null } });
  if (!existing) throw new AppError("NOT_FOUND");
  await withdraw(tx, actor, existing.id);
  return toConsent(existing);
}

async function withdraw(tx: Tx, actor: SignedInActor, id: string) {
  await tx.$executeRaw`UPDATE consents SET withdrawn_at = app_now() WHERE id = ${id}::uuid`;
  await audit(tx, actor, { action: "consent.withdrawn", entityType: "consent", entityId: id });
}
