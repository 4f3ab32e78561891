import type { AuditEntry } from "@/server/audit/schema";

/** Every action that one may look for. */
const ACTIONS = [
  "sign_in.denied",
  "access.denied",
  "session.started",
  "session.ended",
  "user.registered",
  "user.suspended",
  "user.reactivated",
  "user.role_changed",
  "email.verified",
  "password.reset",
  "password.changed",
  "mfa.enabled",
  "mfa.disabled",
  "mfa.codes_renewed",
  "profile.updated",
  "consent.given",
  "consent.withdrawn",
  "doctor.applied",
  "doctor.approved",
  "doctor.rejected",
  "clinical.read",
  "availability.updated",
  "slot.created",
  "slot.withdrawn",
  "booking.held",
  "booking.confirmed",
  "booking.extended",
  "booking.rescheduled",
  "booking.expired",
  "booking.cancelled",
  "booking.completed",
  "booking.no_show",
  "consultation.started",
  "consultation.completed",
  "consultation.no_show",
  "payment.captured",
  "payment.failed",
  "payment.refund_requested",
  "payment.refunded",
  "payment.mismatched",
  "job.retried",
] satisfies Array<AuditEntry["action"]>;

/** "booking.no_show" → "Booking no show". */
export function actionWords(action: string): string {
  const words = action.replace(/[._]/g, " ").replace("mfa", "second step");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const ACTION_OPTIONS = ACTIONS.map((value) => ({ value, label: actionWords(value) }));
