import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { queueAccountMail } from "../../platform/account-mail";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import type { Role } from "../schema";
import { removeTotp } from "./mfa";
import { endOtherSessions } from "./session";

/** Takes someone's access away at once. @throws NOT_FOUND, ILLEGAL_TRANSITION (oneself, or already), LAST_ADMIN. */
export async function suspend(tx: Tx, actor: Actor, userId: string, reason: string): Promise<void> {
  await setStatus(tx, actor, userId, "SUSPENDED");
  await endOtherSessions(tx, actor, userId, null, "suspended");
  await audit(tx, actor, {
    action: "user.suspended",
    entityType: "user",
    entityId: userId,
    detail: { reason },
  });
}

/** Gives access back; whoever was suspended signs in again. */
export async function reactivate(tx: Tx, actor: Actor, userId: string, reason?: string) {
  await setStatus(tx, actor, userId, "ACTIVE");
  await audit(tx, actor, {
    action: "user.reactivated",
    entityType: "user",
    entityId: userId,
    detail: { reason },
  });
}

/** Takes someone's second factor away who has lost it. They are told by mail. @throws ILLEGAL_TRANSITION, NOT_FOUND. */
export async function resetFactor(tx: Tx, actor: Actor, userId: string, reason: string) {
  const known = await tx.user.count({ where: { id: userId } });
  if (known === 0) throw new AppError("NOT_FOUND");
  if (userId === actor.userId || !(await removeTotp(tx, userId))) {
    throw new AppError("ILLEGAL_TRANSITION");
  }
  await endOtherSessions(tx, actor, userId, null, "second factor reset");
  await queueAccountMail(tx, userId, "mfa_reset");
  await audit(tx, actor, {
    action: "mfa.reset",
    entityType: "user",
    entityId: userId,
    detail: { reason },
  });
}

async function setStatus(tx: Tx, actor: Actor, userId: string, status: "ACTIVE" | "SUSPENDED") {
  const { count } = await tx.user.updateMany({
    where: { id: userId, status: { not: status }, NOT: { id: actor.userId ?? undefined } },
    data: { status },
  });
  if (count === 1) return;
  const known = await tx.user.count({ where: { id: userId } });
  throw new AppError(known > 0 ? "ILLEGAL_TRANSITION" : "NOT_FOUND");
}

/**
 * What a patient has booked is theirs as a patient alone: in another role they could neither see nor
 * cancel what they paid for. @throws HAS_BOOKINGS while something is booked.
 */
export async function refuseWhileBooked(tx: Tx, userId: string): Promise<void> {
  const booked = await tx.booking.count({
    where: { patientId: userId, status: { in: ["PENDING", "CONFIRMED"] } },
  });
  if (booked > 0) throw new AppError("HAS_BOOKINGS");
}

/**
 * Makes someone an admin or a patient again; their sessions end. Doctors are made by approval alone.
 * @throws ADMIN_NEEDS_FACTOR, LAST_ADMIN, which the database decides.
 */
export async function changeRole(
  tx: Tx,
  actor: Actor,
  userId: string,
  role: Role,
  reason?: string,
): Promise<void> {
  const user = await tx.user.findUnique({
    where: { id: userId },
    select: { role: true, doctor: { select: { status: true } } },
  });
  if (!user) throw new AppError("NOT_FOUND");
  const isDoctor = user.doctor?.status === "APPROVED";
  const allowed = userId !== actor.userId && user.role !== role && (role !== "doctor" || isDoctor);
  if (!allowed) throw new AppError("ILLEGAL_TRANSITION");
  if (role !== "patient") await refuseWhileBooked(tx, userId);
  await tx.user.update({ where: { id: userId }, data: { role }, select: { id: true } });
  await endOtherSessions(tx, actor, userId, null, "role changed");
  await audit(tx, actor, {
    action: "user.role_changed",
    entityType: "user",
    entityId: userId,
    detail: { from: user.role, to: role, reason },
  });
}
