import { z } from "zod";
import { id, instant, instantInput, page, pageInput, text } from "../platform/schema";

/** Every audited action, with the fields of its entry. Entries contain ids and states, never clinical data. */
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
      action: "doctor.profile_updated";
      entityType: "doctor";
      entityId: string;
      detail: { fields: string[] };
    }
  | {
      action:
        | "doctor.change_requested"
        | "doctor.change_withdrawn"
        | "doctor.change_approved"
        | "doctor.change_rejected";
      entityType: "doctor";
      entityId: string;
      /** The id of the change, and the names of its fields. */
      detail: { change: string; fields: string[] };
    }
  | {
      action: "clinical.read";
      entityType: "booking" | "doctor";
      entityId: string;
      /** The ids of the bookings that a list showed. */
      detail?: { bookings: string[] };
    }
  | {
      action: "access.denied";
      entityType: "procedure";
      entityId: string;
      /** `count` and `minute` are set if the entry summarises the further refusals of one minute. */
      detail: { reason: string; count?: number; minute?: string };
    }
  | {
      action: "admin.read";
      entityType: "procedure";
      entityId: string;
      /** `ids`: ids in the input. `by`: names of the other conditions. `shown`: ids in the output. */
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

/** Who performs an action: a person or the system. */
export type Actor = {
  userId: string | null;
  role: "patient" | "doctor" | "admin" | "system";
  requestId: string | null;
};

/** The actor of jobs, webhooks and expiries. */
export const system = (requestId: string | null = null): Actor => ({
  userId: null,
  role: "system",
  requestId,
});

const exactText = text(100);
export const listAuditInput = pageInput.extend({
  actorId: id.optional(),
  action: exactText.optional(),
  entityType: exactText.optional(),
  entityId: exactText.optional(),
  from: instantInput.optional(),
  to: instantInput.optional(),
});
export type ListAudit = z.infer<typeof listAuditInput>;

/** The people that an entry concerns, with the current names of their accounts. */
const subject = z.object({
  /** The patient of the booking, or the owner of the account, session or consent. */
  personName: z.string().nullable(),
  doctorName: z.string().nullable(),
  bookingId: id.nullable(),
  /** When the booking or slot starts. */
  startsAt: instant.nullable(),
});
export type Subject = z.infer<typeof subject>;

const auditItem = z.object({
  id,
  at: instant,
  actorId: id.nullable(),
  /** The current name of the account; null for the system. */
  actorName: z.string().nullable(),
  actorRole: z.string(),
  action: z.string(),
  entityType: z.string(),
  entityId: z.string(),
  subject: subject.nullable(),
  /** Ids, states and reasons; no clinical data. */
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
