import { z } from "zod";
import { id, instant, instantInput, page, pageInput, text } from "../platform/schema";

/** Every action that is recorded, with what its entry may carry. Ids and states only, no clinical content. */
export type AuditEntry =
  | {
      action:
        | "user.registered"
        | "user.registered_again"
        | "email.verified"
        | "password.reset"
        | "password.changed"
        | "mfa.enabled"
        | "mfa.disabled"
        | "mfa.codes_renewed";
      entityType: "user";
      entityId: string;
    }
  | { action: "mfa.reset"; entityType: "user"; entityId: string; detail: { reason: string } }
  | { action: "user.suspended"; entityType: "user"; entityId: string; detail: { reason: string } }
  | {
      action: "user.reactivated";
      entityType: "user";
      entityId: string;
      detail: { reason?: string };
    }
  | {
      action: "user.role_changed";
      entityType: "user";
      entityId: string;
      detail: { from: string; to: string; reason?: string };
    }
  | {
      action: "sign_in.denied";
      entityType: "user";
      entityId: string;
      detail: { role: string; reason: string };
    }
  | {
      action: "doctor.applied" | "doctor.approved" | "doctor.rejected";
      entityType: "doctor";
      entityId: string;
    }
  | {
      action: "clinical.read";
      entityType: "booking" | "doctor";
      entityId: string;
      /** Whose bookings were shown, in a list. */
      detail?: { bookings: string[] };
    }
  | {
      action: "access.denied";
      entityType: "procedure";
      entityId: string;
      /** How many more there were in the minute of the one before, where it tells of several. */
      detail: { reason: string; count?: number; minute?: string };
    }
  | {
      action: "admin.read";
      entityType: "procedure";
      entityId: string;
      /** The ids that were asked for, the names of other conditions, and the ids that were shown. */
      detail: { ids?: Record<string, string>; by?: string[]; shown?: string[] };
    }
  | { action: "consent.given" | "consent.withdrawn"; entityType: "consent"; entityId: string }
  | { action: "session.started"; entityType: "session"; entityId: string; detail: { kind: string } }
  | { action: "session.ended"; entityType: "session"; entityId: string; detail: { why: string } }
  | {
      action: "profile.updated";
      entityType: "user";
      entityId: string;
      detail: { fields: string[] };
    }
  | { action: "slot.created" | "slot.withdrawn"; entityType: "slot"; entityId: string }
  | {
      action: "availability.updated";
      entityType: "doctor";
      entityId: string;
      detail: { slotsCreated: number; slotsRemoved: number; conflicts: number };
    }
  | {
      action:
        | "booking.held"
        | "booking.confirmed"
        | "booking.extended"
        | "booking.rescheduled"
        | "booking.expired"
        | "booking.cancelled"
        | "booking.completed"
        | "booking.no_show";
      entityType: "booking";
      entityId: string;
      detail?: { by?: string; from?: string; to?: string };
    }
  | { action: "job.retried"; entityType: "job"; entityId: string }
  | {
      action: "consultation.started" | "consultation.completed" | "consultation.no_show";
      entityType: "consultation";
      entityId: string;
    }
  | {
      action:
        | "payment.captured"
        | "payment.failed"
        | "payment.refund_requested"
        | "payment.refunded"
        | "payment.refund_failed"
        | "payment.refunded_at_gateway"
        | "payment.refund_mismatched"
        | "payment.mismatched";
      entityType: "payment";
      entityId: string;
      detail?: { amount?: number; refundId?: string; eventId?: string };
    };

/** Who did it: a person, or the system itself. */
export type Actor = {
  userId: string | null;
  role: "patient" | "doctor" | "admin" | "system";
  requestId: string | null;
};

/** Jobs, webhooks and expiries act as the system. */
export const system = (requestId: string | null = null): Actor => ({
  userId: null,
  role: "system",
  requestId,
});

const word = text(100);
export const listAuditInput = pageInput.extend({
  actorId: id.optional(),
  action: word.optional(),
  entityType: word.optional(),
  entityId: word.optional(),
  from: instantInput.optional(),
  to: instantInput.optional(),
});
export type ListAudit = z.infer<typeof listAuditInput>;

/** Whom an entry concerns, as accounts are called now. */
const subject = z.object({
  /** The patient of a booking, or the person whose account, session or consent it is. */
  personName: z.string().nullable(),
  doctorName: z.string().nullable(),
  bookingId: id.nullable(),
  /** The start of the visit or slot. */
  startsAt: instant.nullable(),
});
export type Subject = z.infer<typeof subject>;

const auditItem = z.object({
  id,
  at: instant,
  actorId: id.nullable(),
  /** As the account is called now; null for the system. */
  actorName: z.string().nullable(),
  actorRole: z.string(),
  action: z.string(),
  entityType: z.string(),
  entityId: z.string(),
  subject: subject.nullable(),
  /** Ids, states and reasons; no clinical content. */
  detail: z.record(z.string(), z.unknown()),
  requestId: z.string().nullable(),
  hash: z.string(),
  prevHash: z.string(),
});
export const auditPage = page(auditItem);

export const verifyAuditInput = z.object({
  from: instantInput.optional(),
  to: instantInput.optional(),
});
export type VerifyRange = z.infer<typeof verifyAuditInput>;
const broken = z.object({ chain: z.int(), sequence: z.int(), id: z.string() });
export type Broken = z.infer<typeof broken>;
export const verification = z.object({
  ok: z.boolean(),
  entries: z.int(),
  firstBroken: broken.nullable(),
});
export type Verification = z.infer<typeof verification>;
