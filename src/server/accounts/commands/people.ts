import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { queueAccountMail } from "../../platform/account-mail";
import { AppError } from "../../platform/errors";
import type { Tx } from "../../platform/transaction";
import type { Role } from "../schema";
import { removeTotp } from "./mfa";
import { endOtherSessions } from "./session";

/**
 * Suspends an account and ends its sessions.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION for the caller's own or a suspended account; LAST_ADMIN.
 */
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

/** Reactivates a suspended account. The person has to sign in again. */
export async function reactivate(tx: Tx, actor: Actor, userId: string, reason?: string) {
  await setStatus(tx, actor, userId, "ACTIVE");
  await audit(tx, actor, {
    action: "user.reactivated",
    entityType: "user",
    entityId: userId,
    detail: { reason },
  });
}

/**
 * Removes the second factor of a person who has lost it, and sends them a mail.
 * @throws ILLEGAL_TRANSITION, NOT_FOUND.
 */
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
 * Refuses to change the role of a patient with active bookings: in another role they could neither see
 * nor cancel what they paid for. @throws HAS_BOOKINGS.
 */
export async function refuseWhileBooked(tx: Tx, userId: string): Promise<void> {
  const booked = await tx.booking.count({
    where: { patientId: userId, status: { in: ["PENDING", "CONFIRMED"] } },
  });
  if (booked > 0) throw new AppError("HAS_BOOKINGS");
}

/**
 * Changes the role of an account and ends its sessions. Only an approved doctor can get the role of a
 * doctor. @throws NOT_FOUND, ILLEGAL_TRANSITION, HAS_BOOKINGS; from the database ADMIN_NEEDS_FACTOR and
 * LAST_ADMIN.
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
