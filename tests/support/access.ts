import { randomUUID } from "node:crypto";

/** Whom a procedure is for. `signedIn` comes before the second factor, `verified` after it. */
export type Audience = "anyone" | "signedIn" | "verified" | "patient" | "doctor" | "admin";

/** What an input names. Each kind has an own one, another's, and one that there is not. */
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
  | "job";

export type Rule = {
  for: Audience;
  /** The kind of thing that the input names, and the input that names it. */
  names?: Thing;
  input?: (id: string) => Record<string, unknown>;
  /** Whose it is: its owner's alone (the default), its owner's and every admin's, or nobody's in particular. */
  whose?: "owner" | "owner and admins" | "everybody";
};

const MONTH = { from: "2026-01-01", to: "2026-02-01" };
const HOURS = { timezone: "Asia/Kolkata", rules: [] };
const hours = (shift: number) => new Date(Date.now() + shift * 3_600_000).toISOString();

const booking = (bookingId: string) => ({ bookingId });
const theirs = (audience: Audience, names: Thing, input: Rule["input"] = booking): Rule => ({
  for: audience,
  names,
  input,
});
/** An admin's work on a thing, whosever it is. */
const adminOn = (names: Thing, input: Rule["input"]): Rule => ({
  for: "admin",
  names,
  input,
  whose: "everybody",
});
const open = (input: Record<string, unknown> = {}): Rule => ({ for: "anyone", input: () => input });
const own = (audience: Audience, input: Record<string, unknown> = {}): Rule => ({
  for: audience,
  input: () => input,
});

/** The table. A new procedure needs a line, or the test fails. */
export const RULES: Record<string, Rule> = {
  "auth.register": open({ email: "new@example.test", password: "blue horse 4711", name: "New" }),
  "auth.verify": open({ token: "none" }),
  "auth.login": open({ email: "nobody@example.test", password: "none" }),
  "auth.refresh": open({ refreshToken: "none" }),
  "auth.requestReset": open({ email: "nobody@example.test" }),
  "auth.reset": open({ token: "none", password: "blue horse 4711" }),
  "auth.logout": own("signedIn"),
  "me.get": own("signedIn"),
  "me.update": own("verified", { name: "Same" }),
  "me.changePassword": own("verified", { current: "wrong", next: "blue horse 4711" }),
  "me.consents": own("verified"),
  "me.giveConsent": own("verified", { purpose: "consultation" }),
  "me.withdrawConsent": own("verified", { purpose: "consultation" }),
  "me.sessions": own("verified"),
  "me.endSession": theirs("verified", "session", (id) => ({ id })),
  "me.endOtherSessions": own("verified"),
  "me.activity": own("signedIn"),
  "me.stay": own("signedIn"),
  "me.enrolTotp": own("signedIn"),
  "me.confirmTotp": own("signedIn", { code: "000000" }),
  "me.renewRecoveryCodes": own("verified", { password: "wrong", code: "000000" }),
  "me.disableTotp": own("verified", { password: "wrong", code: "000000" }),
  "people.list": own("admin"),
  "people.suspend": adminOn("user", (id) => ({ id, reason: "test" })),
  "people.reactivate": adminOn("user", (id) => ({ id })),
  "people.resetFactor": adminOn("user", (id) => ({ id, reason: "test" })),
  "people.changeRole": adminOn("user", (id) => ({ id, role: "admin" })),
  "doctors.list": open(),
  "doctors.facets": open(),
  "doctors.get": {
    for: "anyone",
    names: "doctor",
    input: (doctorId) => ({ doctorId }),
    whose: "everybody",
  },
  "doctors.application": own("verified"),
  "doctors.sendApplication": own("verified", {
    gender: "other",
    registrationNumber: "MCI-1",
    council: "Karnataka",
    registrationExpiresOn: "2199-01-01",
    specializations: ["Cardiology"],
    languages: ["English"],
    yearsOfExperience: 1,
    fee: { amount: 100, currency: "INR" },
  }),
  "doctors.applications": own("admin"),
  "doctors.approve": adminOn("application", (doctorId) => ({ doctorId })),
  "doctors.reject": adminOn("application", (doctorId) => ({ doctorId, reason: "test" })),
  "availability.freeDays": {
    for: "anyone",
    names: "doctor",
    input: (doctorId) => ({ doctorId, from: "2026-01-01", to: "2026-01-31", timezone: "UTC" }),
    whose: "everybody",
  },
  "availability.slots": {
    for: "anyone",
    names: "doctor",
    input: (doctorId) => ({ doctorId }),
    whose: "everybody",
  },
  "availability.zone": open({ timezone: "Asia/Kolkata" }),
  "availability.ownSlots": own("doctor", { from: hours(0), to: hours(48) }),
  "availability.createSlot": own("doctor", { startsAt: hours(700), endsAt: hours(701) }),
  "availability.withdrawSlot": theirs("doctor", "ownSlot", (slotId) => ({ slotId })),
  "availability.get": own("doctor"),
  "availability.set": own("doctor", HOURS),
  "availability.preview": own("doctor", HOURS),
  "bookings.hold": {
    for: "patient",
    names: "bookable",
    input: (slotId) => ({ slotId }),
    whose: "everybody",
  },
  "bookings.list": own("verified"),
  "bookings.get": { ...theirs("verified", "confirmed"), whose: "owner and admins" },
  "bookings.cancel": { ...theirs("verified", "confirmed"), whose: "owner and admins" },
  "bookings.cancellation": { ...theirs("verified", "confirmed"), whose: "owner and admins" },
  "bookings.extendHold": theirs("patient", "held"),
  "bookings.reschedule": theirs("patient", "confirmed", (bookingId) => ({
    bookingId,
    slotId: randomUUID(),
  })),
  "bookings.ofDoctor": own("doctor"),
  "payments.list": own("patient"),
  "payments.receipt": theirs("patient", "payment", (paymentId) => ({ paymentId })),
  "consultations.get": { ...theirs("verified", "confirmed"), whose: "owner and admins" },
  "consultations.start": theirs("doctor", "confirmed"),
  "consultations.complete": theirs("doctor", "confirmed"),
  "consultations.noShow": theirs("doctor", "confirmed"),
  // The gateway's page knows payments, not patients: who has the link may look and pay.
  "sandbox.checkout": {
    for: "anyone",
    names: "payment",
    input: (paymentId) => ({ paymentId }),
    whose: "everybody",
  },
  "sandbox.decide": {
    for: "anyone",
    names: "payment",
    input: (paymentId) => ({ paymentId, outcome: "pay" }),
    whose: "everybody",
  },
  "mailbox.latest": open(),
  "analytics.summary": own("admin", MONTH),
  "analytics.attention": own("admin"),
  "analytics.utilization": own("admin", MONTH),
  "audit.list": own("admin"),
  "audit.verify": own("admin"),
  "jobs.list": own("admin"),
  "jobs.owed": own("admin"),
  "jobs.get": adminOn("job", (runId) => ({ runId })),
  "jobs.retry": adminOn("job", (runId) => ({ runId })),
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

/** What a cell of the matrix answers: `let in`, or the reason of the refusal. */
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
