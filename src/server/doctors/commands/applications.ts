import { refuseWhileBooked } from "../../accounts/commands/people";
import { endOtherSessions } from "../../accounts/commands/session";
import { audit } from "../../audit/commands";
import type { Actor } from "../../audit/schema";
import { clock } from "../../platform/clock";
import { AppError } from "../../platform/errors";
import { clinicDay } from "../../platform/schema";
import type { Tx } from "../../platform/transaction";
import { dayOf } from "../queries/applications";
import { isLapsed } from "../rules";
import type { ApplicationInput, Approval } from "../schema";

/**
 * Applies to be listed as a doctor. The applicant may send a rejected application again.
 * @throws ILLEGAL_TRANSITION while an application is pending or approved; REGISTRATION_TAKEN.
 */
export async function apply(
  tx: Tx,
  actor: Actor & { userId: string },
  input: ApplicationInput,
): Promise<string> {
  const { userId } = actor;
  const { fee, registrationExpiresOn, ...rest } = input;
  const { name } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { name: true },
  });
  const data = {
    ...rest,
    name,
    status: "PENDING" as const,
    feeAmount: fee.amount,
    registrationExpiresOn: new Date(registrationExpiresOn),
  };
  const known = await tx.doctor.findUnique({
    where: { userId },
    select: { id: true, status: true },
  });
  if (known && known.status !== "REJECTED") throw new AppError("ILLEGAL_TRANSITION");
  const { id } = known
    ? await tx.doctor.update({ where: { id: known.id }, data, select: { id: true } })
    : await tx.doctor.create({ data: { ...data, userId }, select: { id: true } });
  await audit(tx, actor, { action: "doctor.applied", entityType: "doctor", entityId: id });
  return id;
}

/**
 * Approves an application after an admin has checked registration number, council and expiry. The
 * applicant gets the role doctor and has to sign in again.
 * @throws NOT_FOUND; ILLEGAL_TRANSITION unless the application is pending; REGISTRATION_LAPSED.
 */
export async function approve(tx: Tx, actor: Actor, { doctorId, ...checked }: Approval) {
  const doctor = await requirePending(tx, doctorId);
  const expiresOn = checked.registrationExpiresOn ?? dayOf(doctor.registrationExpiresOn);
  const council = checked.council ?? doctor.council;
  if (!council || !expiresOn || isLapsed(expiresOn, clinicDay(clock.now()))) {
    throw new AppError("REGISTRATION_LAPSED");
  }
  await refuseWhileBooked(tx, doctor.userId);
  // A suspension locks the account before the doctor too. Two different orders would deadlock.
  await tx.user.update({
    where: { id: doctor.userId },
    data: { role: "doctor" },
    select: { id: true },
  });
  await tx.doctor.update({
    where: { id: doctorId },
    data: {
      status: "APPROVED",
      council,
      registrationExpiresOn: new Date(expiresOn),
      decidedAt: clock.now(),
      ...(checked.registrationNumber && { registrationNumber: checked.registrationNumber }),
    },
    select: { id: true },
  });
  await endOtherSessions(tx, actor, doctor.userId, null, "became a doctor");
  await audit(tx, actor, { action: "doctor.approved", entityType: "doctor", entityId: doctorId });
}

/** Rejects an application. @throws NOT_FOUND; ILLEGAL_TRANSITION unless the application is pending. */
export async function reject(tx: Tx, actor: Actor, doctorId: string, reason: string) {
  await requirePending(tx, doctorId);
  await tx.doctor.update({
    where: { id: doctorId },
    data: { status: "REJECTED", decidedAt: clock.now(), rejectionReason: reason },
    select: { id: true },
  });
  await audit(tx, actor, { action: "doctor.rejected", entityType: "doctor", entityId: doctorId });
}

async function requirePending(tx: Tx, doctorId: string) {
  const doctor = await tx.doctor.findUnique({ where: { id: doctorId } });
  if (!doctor) throw new AppError("NOT_FOUND");
  if (doctor.status !== "PENDING") throw new AppError("ILLEGAL_TRANSITION");
  return doctor;
}
