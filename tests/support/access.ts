import { randomUUID } from "node:crypto";

/** Who may call a procedure: `signedIn` also without the second factor, `verified` only with it. */
export type Audience = "anyone" | "signedIn" | "verified" | "patient" | "doctor" | "admin";

/** What an input names: the own thing, the thing of another person, or one that does not exist. */
export type Thing =
  | "held"
  | "confirmed"
  | "payment"
  | "ownSlot"
  | "session"
  | "doctor"
  | "bookable"
  | "user"
  | "application"
  | "doctorChange"
  | "job";

export type Rule = {
  for: Audience;
  /** The kind of thing that the input names, and the input for its id. */
  names?: Thing;
  input?: (id: string) => Record<string, unknown>;
  /** Who can use the thing: its owner (the default), its owner and admins, or everybody. */
  whose?: "owner" | "owner and admins" | "everybody";
};

const MONTH = { from: "2026-01-01", to: "2026-02-01" };
const HOURS = { timezone: "Asia/Kolkata", rules: [] };
const hours = (shift: number) => new Date(Date.now() + shift * 3_600_000).toISOString();

const booking = (bookingId: string) => ({ bookingId });
const ofOwner = (audience: Audience, names: Thing, input: Rule["input"] = booking): Rule => ({
  for: audience,
  names,
  input,
});
/** A procedure that works on a thing of anybody. */
const ofAnybody = (audience: Audience, names: Thing, input: Rule["input"]): Rule => ({
  for: audience,
  names,
  input,
  whose: "everybody",
});
const forAnyone = (input: Record<string, unknown> = {}): Rule => ({
  for: "anyone",
  input: () => input,
});
const forAudience = (audience: Audience, input: Record<string, unknown> = {}): Rule => ({
  for: audience,
  input: () => input,
});

/** The rule of each procedure. A test fails if a procedure has none. */
export const RULES: Record<string, Rule> = {
  "auth.register": forAnyone({
    email: "new@example.test",
    password: "blue horse 4711",
    name: "New",
  }),
  "auth.verify": forAnyone({ token: "none" }),
  "auth.login": forAnyone({ email: "nobody@example.test", password: "none" }),
  "auth.refresh": forAnyone({ refreshToken: "none" }),
  "auth.requestReset": forAnyone({ email: "nobody@example.test" }),
  "auth.reset": forAnyone({ token: "none", password: "blue horse 4711" }),
  "auth.logout": forAudience("signedIn"),
  "me.get": forAudience("signedIn"),
  "me.update": forAudience("verified", { name: "Same" }),
  "me.changePassword": forAudience("verified", { current: "wrong", next: "blue horse 4711" }),
  "me.consents": forAudience("verified"),
  "me.giveConsent": forAudience("verified", { purpose: "consultation" }),
  "me.withdrawConsent": forAudience("verified", { purpose: "consultation" }),
  "me.sessions": forAudience("verified"),
  "me.endSession": ofOwner("verified", "session", (id) => ({ id })),
  "me.endOtherSessions": forAudience("verified"),
  "me.activity": forAudience("signedIn"),
  "me.stay": forAudience("signedIn"),
  "me.enrolTotp": forAudience("signedIn"),
  "me.confirmTotp": forAudience("signedIn", { code: "000000" }),
  "me.renewRecoveryCodes": forAudience("verified", { password: "wrong", code: "000000" }),
  "me.disableTotp": forAudience("verified", { password: "wrong", code: "000000" }),
  "people.list": forAudience("admin"),
  "people.suspend": ofAnybody("admin", "user", (id) => ({ id, reason: "test" })),
  "people.reactivate": ofAnybody("admin", "user", (id) => ({ id })),
  "people.resetFactor": ofAnybody("admin", "user", (id) => ({ id, reason: "test" })),
  "people.changeRole": ofAnybody("admin", "user", (id) => ({ id, role: "admin" })),
  "doctors.list": forAnyone(),
  "doctors.facets": forAnyone(),
  "doctors.get": ofAnybody("anyone", "doctor", (doctorId) => ({ doctorId })),
  "doctors.application": forAudience("verified"),
  "doctors.sendApplication": forAudience("verified", {
    gender: "other",
    registrationNumber: "MCI-1",
    council: "Karnataka",
    registrationExpiresOn: "2199-01-01",
    specializations: ["Cardiology"],
    languages: ["English"],
    yearsOfExperience: 1,
    fee: { amount: 100, currency: "INR" },
  }),
  "doctors.applications": forAudience("admin"),
  "doctors.approve": ofAnybody("admin", "application", (doctorId) => ({ doctorId })),
  "doctors.reject": ofAnybody("admin", "application", (doctorId) => ({ doctorId, reason: "test" })),
  "doctors.profile": forAudience("doctor"),
  "doctors.updateProfile": forAudience("doctor", { bio: "Same" }),
  "doctors.changes": forAudience("admin"),
  "doctors.approveChange": ofAnybody("admin", "doctorChange", (changeId) => ({ changeId })),
  "doctors.rejectChange": ofAnybody("admin", "doctorChange", (changeId) => ({
    changeId,
    reason: "test",
  })),
  "availability.freeDays": ofAnybody("anyone", "doctor", (doctorId) => ({
    doctorId,
    from: "2026-01-01",
    to: "2026-01-31",
    timezone: "UTC",
  })),
  "availability.slots": ofAnybody("anyone", "doctor", (doctorId) => ({ doctorId })),
  "availability.zone": forAnyone({ timezone: "Asia/Kolkata" }),
  "availability.ownSlots": forAudience("doctor", { from: hours(0), to: hours(48) }),
  "availability.createSlot": forAudience("doctor", { startsAt: hours(700), endsAt: hours(701) }),
  "availability.withdrawSlot": ofOwner("doctor", "ownSlot", (slotId) => ({ slotId })),
  "availability.get": forAudience("doctor"),
  "availability.set": forAudience("doctor", HOURS),
  "availability.preview": forAudience("doctor", HOURS),
  "bookings.hold": ofAnybody("patient", "bookable", (slotId) => ({ slotId })),
  "bookings.list": forAudience("verified"),
  "bookings.get": { ...ofOwner("verified", "confirmed"), whose: "owner and admins" },
  "bookings.cancel": { ...ofOwner("verified", "confirmed"), whose: "owner and admins" },
  "bookings.cancellation": { ...ofOwner("verified", "confirmed"), whose: "owner and admins" },
  "bookings.extendHold": ofOwner("patient", "held"),
  "bookings.reschedule": ofOwner("patient", "confirmed", (bookingId) => ({
    bookingId,
    slotId: randomUUID(),
  })),
  "bookings.ofDoctor": forAudience("doctor"),
  "payments.list": forAudience("patient"),
  "payments.receipt": ofOwner("patient", "payment", (paymentId) => ({ paymentId })),
  "consultations.get": { ...ofOwner("verified", "confirmed"), whose: "owner and admins" },
  "consultations.start": ofOwner("doctor", "confirmed"),
  "consultations.complete": ofOwner("doctor", "confirmed"),
  "consultations.noShow": ofOwner("doctor", "confirmed"),
  // The gateway's page has no sign-in: whoever has the link can see the checkout and pay.
  "sandbox.checkout": ofAnybody("anyone", "payment", (paymentId) => ({ paymentId })),
  "sandbox.decide": ofAnybody("anyone", "payment", (paymentId) => ({ paymentId, outcome: "pay" })),
  "mailbox.latest": forAnyone(),
  "analytics.summary": forAudience("admin", MONTH),
  "analytics.attention": forAudience("admin"),
  "analytics.utilization": forAudience("admin", MONTH),
  "audit.list": forAudience("admin"),
  "audit.verify": forAudience("admin"),
  "jobs.list": forAudience("admin"),
  "jobs.owed": forAudience("admin"),
  "jobs.get": ofAnybody("admin", "job", (runId) => ({ runId })),
  "jobs.retry": ofAnybody("admin", "job", (runId) => ({ runId })),
};

export const CALLERS = [
  "nobody",
  "patient",
  "otherPatient",
  "doctor",
  "otherDoctor",
  "admin",
  "suspended",
  "stale",
  "withoutFactor",
] as const;
export type Caller = (typeof CALLERS)[number];
export const TARGETS = ["own", "another's", "absent"] as const;
export type Target = (typeof TARGETS)[number];

const ROLES: Partial<Record<Caller, Audience>> = {
  patient: "patient",
  otherPatient: "patient",
  doctor: "doctor",
  otherDoctor: "doctor",
  admin: "admin",
};

/** The expected answer of a cell of the matrix: `let in`, or the reason of the refusal. */
export function expectedOf(rule: Rule, caller: Caller, target: Target): string {
  const { for: audience, names, whose = "owner" } = rule;
  const isThere =
    target === "own" ||
    (target === "another's" &&
      (whose === "everybody" || (whose === "owner and admins" && caller === "admin")));
  const found = !names || isThere ? "let in" : "NOT_FOUND";
  if (audience === "anyone") return found;
  if (["nobody", "suspended", "stale"].includes(caller)) return "NOT_SIGNED_IN";
  if (audience === "signedIn") return found;
  if (caller === "withoutFactor") return "MFA_ENROLMENT_REQUIRED";
  return audience === "verified" || ROLES[caller] === audience ? found : "ROLE_REQUIRED";
}
