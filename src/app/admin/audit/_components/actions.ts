import type { AuditEntry } from "@/server/audit/schema";

/** All audit actions, as options of the filter. A missing action does not compile. */
const ACTIONS: Record<AuditEntry["action"], true> = {
  "sign_in.denied": true,
  "access.denied": true,
  "admin.read": true,
  "session.started": true,
  "session.ended": true,
  "user.registered": true,
  "user.registered_again": true,
  "user.suspended": true,
  "user.reactivated": true,
  "user.role_changed": true,
  "email.verified": true,
  "password.reset": true,
  "password.changed": true,
  "mfa.enabled": true,
  "mfa.disabled": true,
  "mfa.reset": true,
  "mfa.codes_renewed": true,
  "profile.updated": true,
  "consent.given": true,
  "consent.withdrawn": true,
  "doctor.applied": true,
  "doctor.approved": true,
  "doctor.rejected": true,
  "doctor.profile_updated": true,
  "doctor.change_requested": true,
  "doctor.change_withdrawn": true,
  "doctor.change_approved": true,
  "doctor.change_rejected": true,
  "clinical.read": true,
  "availability.updated": true,
  "slot.created": true,
  "slot.withdrawn": true,
  "booking.held": true,
  "booking.confirmed": true,
  "booking.extended": true,
  "booking.rescheduled": true,
  "booking.expired": true,
  "booking.cancelled": true,
  "booking.completed": true,
  "booking.no_show": true,
  "consultation.started": true,
  "consultation.completed": true,
  "consultation.no_show": true,
  "payment.captured": true,
  "payment.failed": true,
  "payment.refund_requested": true,
  "payment.refund_failed": true,
  "payment.refunded": true,
  "payment.refunded_at_gateway": true,
  "payment.refund_mismatched": true,
  "payment.mismatched": true,
  "job.retried": true,
};

/** "booking.no_show" → "Booking no show". */
export function actionWords(action: string): string {
  const words = action.replace(/[._]/g, " ").replace("mfa", "second step");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const ACTION_OPTIONS = Object.keys(ACTIONS).map((value) => ({
  value,
  label: actionWords(value),
}));
