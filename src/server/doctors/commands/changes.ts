import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { queueAccountMail } from "../../platform/account-mail";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { clinicDay } from "../../platform/schema";
import type { Tx } from "../../platform/transaction";
import { isLapsed } from "../rules";
import { type SomeDetails, someDetails } from "../schema";

/**
 * Approves a change of approved details. The new values become public.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION unless the change waits; REGISTRATION_LAPSED;
 *   REGISTRATION_TAKEN.
 */
export async function approveChange(tx: Tx, actor: Actor, changeId: string): Promise<void> {
  const { doctorId, details } = await decide(tx, actor, changeId, { status: "APPROVED" });
  const { registrationExpiresOn: end, ...rest } = details;
  if (end && isLapsed(end, clinicDay(clock.now()))) throw new AppError("REGISTRATION_LAPSED");
  await tx.doctor.update({
    where: { id: doctorId },
    data: { ...rest, ...(end && { registrationExpiresOn: new Date(end) }) },
    select: { id: true },
  });
}

/** Rejects a change. The old values stay public. @throws NOT_FOUND; ILLEGAL_TRANSITION unless the change waits. */
export async function rejectChange(tx: Tx, actor: Actor, changeId: string, reason: string) {
  await decide(tx, actor, changeId, { status: "REJECTED", rejectionReason: reason });
}

type Decision = { status: "APPROVED" } | { status: "REJECTED"; rejectionReason: string };

/** Records a decision once, and queues a mail to the doctor. */
async function decide(
  tx: Tx,
  actor: Actor,
  id: string,
  decision: Decision,
): Promise<{ doctorId: string; details: SomeDetails }> {
  const isApproved = decision.status === "APPROVED";
  const { count } = await tx.doctorChange.updateMany({
    where: { id, status: "PENDING" },
    data: { ...decision, decidedAt: clock.now() },
  });
  const change = await tx.doctorChange.findUnique({ where: { id } });
  if (!change) throw new AppError("NOT_FOUND");
  if (count === 0) throw new AppError("ILLEGAL_TRANSITION");
  const { userId } = await tx.doctor.update({
    where: { id: change.doctorId },
    data: { profileVersion: { increment: 1 } },
    select: { userId: true },
  });
  const details = someDetails.parse(change.after);
  await queueAccountMail(tx, userId, isApproved ? "profile_approved" : "profile_rejected");
  await audit(tx, actor, {
    action: isApproved ? "doctor.change_approved" : "doctor.change_rejected",
    entityType: "doctor",
    entityId: change.doctorId,
    detail: { change: id, fields: Object.keys(details).sort() },
  });
  return { doctorId: change.doctorId, details };
}
