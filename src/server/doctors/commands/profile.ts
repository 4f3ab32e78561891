import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { clinicDay } from "../../platform/schema";
import type { Tx } from "../../platform/transaction";
import { getProfile } from "../queries/profile";
import { differing, isLapsed, pick } from "../rules";
import {
  APPROVED_FIELDS,
  PRACTICE_FIELDS,
  type Profile,
  type ProfileInput,
  type SomeDetails,
} from "../schema";

/**
 * Changes a doctor's own profile. Practice details take effect at once; a new fee is for new holds
 * only, because a hold copies the fee. A change of approved details waits for an admin: it joins
 * the change that waits already, and a field that gets its public value back no longer waits.
 *
 * @throws STALE_VERSION with the stored profile, if `version` is not the stored version;
 *   REGISTRATION_LAPSED; REGISTRATION_TAKEN.
 */
export async function updateProfile(
  tx: Tx,
  actor: Actor,
  doctorId: string,
  { version, ...wanted }: ProfileInput,
): Promise<Profile> {
  const before = await getProfile(doctorId, tx);
  if (version !== undefined && version !== before.version) {
    throw new AppError("STALE_VERSION", { current: before });
  }
  const practice = differing(before, pick(wanted, PRACTICE_FIELDS));
  const waiting = pick(before.pending ?? {}, APPROVED_FIELDS);
  const proposed = differing(before, { ...waiting, ...pick(wanted, APPROVED_FIELDS) });
  const isProposedAnew = JSON.stringify(proposed) !== JSON.stringify(waiting);
  const fields = Object.keys(practice).sort();
  if (fields.length === 0 && !isProposedAnew) return before;

  if (isProposedAnew) await replaceWaiting(tx, actor, before, proposed);
  const { fee, ...rest } = practice;
  await tx.doctor.update({
    where: { id: doctorId },
    data: { ...rest, feeAmount: fee?.amount, profileVersion: { increment: 1 } },
    select: { id: true },
  });
  if (fields.length > 0) {
    await audit(tx, actor, {
      action: "doctor.profile_updated",
      entityType: "doctor",
      entityId: doctorId,
      detail: { fields },
    });
  }
  return getProfile(doctorId, tx);
}

/**
 * Puts a change in the place of the one that waits. A new row is written, so that an admin
 * approves only the values that the admin has read. Nothing waits if `after` is empty.
 */
async function replaceWaiting(tx: Tx, actor: Actor, before: Profile, after: SomeDetails) {
  await refuseUnusable(tx, before.id, after);
  const [withdrawn] = await tx.doctorChange.updateManyAndReturn({
    where: { doctorId: before.id, status: "PENDING" },
    data: { status: "WITHDRAWN", decidedAt: clock.now() },
    select: { id: true, after: true },
  });
  const entity = { entityType: "doctor", entityId: before.id } as const;
  if (withdrawn) {
    const fields = Object.keys(withdrawn.after as object).sort();
    const detail = { change: withdrawn.id, fields };
    await audit(tx, actor, { action: "doctor.change_withdrawn", ...entity, detail });
  }
  const fields = Object.keys(after).sort();
  if (fields.length === 0) return;
  const changed = APPROVED_FIELDS.filter((field) => field in after);
  const { id } = await tx.doctorChange.create({
    data: { doctorId: before.id, before: pick(before, changed), after },
    select: { id: true },
  });
  const detail = { change: id, fields };
  await audit(tx, actor, { action: "doctor.change_requested", ...entity, detail });
}

/** Refuses early what an approval would refuse. */
async function refuseUnusable(tx: Tx, doctorId: string, after: SomeDetails): Promise<void> {
  const { registrationExpiresOn: end, registrationNumber } = after;
  if (end && isLapsed(end, clinicDay(clock.now()))) throw new AppError("REGISTRATION_LAPSED");
  if (!registrationNumber) return;
  const others = await tx.doctor.count({ where: { registrationNumber, id: { not: doctorId } } });
  if (others > 0) throw new AppError("REGISTRATION_TAKEN");
}
