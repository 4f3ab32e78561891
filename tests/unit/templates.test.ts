import { describe, expect, test } from "vitest";
import { type BookingState, isStillTrue, remindersAhead } from "@/server/notifications/rules";
import { KINDS } from "@/server/notifications/schema";
import { type Audience, type Facts, TEMPLATES } from "@/server/notifications/templates";

const facts: Facts = {
  to: { name: "Asha", zone: "Asia/Kolkata" },
  doctorName: "Dr. Dev",
  startsAt: new Date("2026-11-24T04:00:00Z"),
  endsAt: new Date("2026-11-24T04:30:00Z"),
  price: { amount: 60_000, currency: "INR" },
  refund: null,
  refundedByClinic: { amount: 0, currency: "INR" },
  cancelledBy: null,
  wasCharged: true,
  isConfirmed: true,
  isSlotFree: false,
  wasConfirmed: true,
  wasPaidAfterStart: false,
  origin: "https://amrutam.test",
  bookingId: "0193-booking",
};

function render(audience: Audience, kind: (typeof KINDS)[number], changed: Partial<Facts> = {}) {
  const template = TEMPLATES[audience][kind];
  if (!template) throw new Error(`there is no ${kind} message for the ${audience}`);
  return template({ ...facts, ...changed });
}

describe("a message", () => {
  test("about a confirmed booking has this subject and text", () => {
    expect(render("patient", "confirmed")).toEqual({
      subject: "Confirmed: your consultation with Dr. Dev",
      text: [
        "Hello Asha,",
        "Your consultation with Dr. Dev is confirmed: Tuesday, 24 November 2026, 9:30 – 10:00 am, India Standard Time (GMT+5:30).",
        "You paid ₹600. Until the start you can move it to another time or cancel it here: https://amrutam.test/bookings/0193-booking",
        "In an emergency, call 112. Please do not wait for a consultation.",
        "Amrutam Telemedicine",
      ].join("\n\n"),
    });
  });

  test("shows day and time in the recipient's time zone, and names the zone", () => {
    const at = (zone: string) =>
      render("patient", "reminder_1h", { to: { name: "Asha", zone } }).text;
    expect(at("Asia/Kolkata")).toContain(
      "Tuesday, 24 November 2026, 9:30 – 10:00 am, India Standard",
    );
    expect(at("America/Los_Angeles")).toContain("Monday, 23 November 2026, 8:00 – 8:30 pm");
    expect(at("America/Los_Angeles")).toContain("(GMT-8)");
    expect(at("Europe/London")).toContain("4:00 – 4:30 am");
  });

  test("about a visit across a clock change names both offsets", () => {
    const { text } = render("patient", "confirmed", {
      to: { name: "Asha", zone: "America/New_York" },
      startsAt: new Date("2027-11-07T05:45:00Z"),
      endsAt: new Date("2027-11-07T06:15:00Z"),
    });
    expect(text).toContain(
      "Sunday, 7 November 2027, 1:45 am EDT – 1:15 am EST, Eastern Daylight Time (GMT-4), then Eastern Standard Time (GMT-5).",
    );
  });

  test.each([
    ["a refund", { refund: { amount: 54_950, currency: "INR" } }, "₹549.50 goes back to you"],
    ["no refund", {}, "Under the cancellation terms of this booking nothing is refunded."],
    ["no payment", { wasConfirmed: false }, "You have not been charged."],
  ])("about a cancellation with %s says so", (_what, changed, says) => {
    expect(render("patient", "cancelled", { cancelledBy: "patient", ...changed }).text).toContain(
      says,
    );
  });

  test.each([
    ["patient", "As you asked, your consultation"],
    ["doctor", "Dr. Dev had to cancel"],
    ["admin", "We had to cancel"],
    ["payment", "did not go through"],
    ["absence", "Dr. Dev did not start your consultation"],
  ] as const)("about a cancellation by %s says who or what caused it", (cancelledBy, says) => {
    expect(render("patient", "cancelled", { cancelledBy }).text).toContain(says);
  });

  test("about a doctor's absence names the doctor and the refund to the patient", () => {
    const refund = { amount: 60_000, currency: "INR" };
    const patient = render("patient", "cancelled", { cancelledBy: "absence", refund });
    expect(patient.subject).toBe("Dr. Dev did not come");
    expect(patient.text).toContain("₹600 goes back to you");
    const doctor = render("doctor", "cancelled", { cancelledBy: "absence", refund });
    expect(doctor.subject).toBe("A consultation was missed");
    expect(doctor.text).toContain("You did not start your consultation on Tuesday");
    for (const { text } of [patient, doctor]) {
      expect(text).not.toMatch(/As you asked|had to cancel|free/);
    }
  });

  test.each([
    ["patient", true, "The patient cancelled your consultation on"],
    ["patient", false, "The patient cancelled your consultation on"],
    ["admin", true, "The clinic cancelled your consultation on"],
    ["admin", false, "The clinic cancelled your consultation on"],
  ] as const)(
    "to the doctor says who cancelled (%s), and says that the time is free only if it is (%s)",
    (cancelledBy, isSlotFree, says) => {
      const { text } = render("doctor", "cancelled", { cancelledBy, isSlotFree });
      expect(text).toContain(says);
      expect(text.includes("The time is free for others.")).toBe(isSlotFree);
    },
  );

  test("includes refunds that the clinic made at the gateway", () => {
    const refundedByClinic = { amount: 10_000, currency: "INR" };
    const { text } = render("patient", "cancelled", { cancelledBy: "patient", refundedByClinic });
    expect(text).toContain("The clinic has sent ₹100 back to you already");
    const mail = render("patient", "refunded_by_clinic", { refundedByClinic });
    expect(mail.text).toContain("in all ₹100 of the ₹600 that you paid");
    expect(mail.text).toContain("Your consultation stays as it is");
    const over = render("patient", "refunded_by_clinic", { refundedByClinic, isConfirmed: false });
    expect(over.text).not.toContain("stays as it is");
  });

  test("about an expired hold says that nothing was charged only if that is true", () => {
    expect(render("patient", "expired", { wasCharged: false }).text).toContain("not been charged");
    expect(render("patient", "expired", { wasCharged: true }).text).not.toContain("charged");
  });

  test("never promises a room to join, nor that a time is free", () => {
    for (const kind of KINDS) {
      for (const [audience, templates] of Object.entries(TEMPLATES)) {
        if (!templates[kind]) continue;
        const { text } = render(audience as Audience, kind, { cancelledBy: "patient" });
        expect(text, `${audience} ${kind}`).not.toMatch(/\bjoin\b|time is free/i);
      }
    }
  });

  test("exists for every kind, is complete, and never names the patient to the doctor", () => {
    for (const kind of KINDS) {
      const written = Object.entries(TEMPLATES).filter(([, templates]) => templates[kind]);
      expect(written.length, kind).toBeGreaterThan(0);
      for (const [audience] of written as Array<[Audience, unknown]>) {
        const name = audience === "patient" ? "Asha" : "Dr. Dev";
        const { subject, text } = render(audience, kind, { to: { ...facts.to, name } });
        expect(subject.length, subject).toBeLessThan(78);
        expect(`${subject}${text}`).not.toMatch(/undefined|null|NaN|Invalid/);
        expect(text.startsWith(`Hello ${name},\n\n`)).toBe(true);
        if (audience !== "patient") expect(text).not.toContain("Asha");
        expect(text.includes("112"), kind).toBe(audience === "patient");
      }
    }
  });
});

describe("the time of sending", () => {
  const start = "2026-11-24T04:00:00.000Z";
  const kinds = (now: string) => remindersAhead(start, new Date(now)).map(({ kind }) => kind);

  test("excludes reminders whose time is past", () => {
    expect(kinds("2026-11-22T00:00:00Z")).toEqual(["reminder_24h", "reminder_1h"]);
    expect(kinds("2026-11-23T04:00:00Z")).toEqual(["reminder_1h"]);
    expect(kinds("2026-11-24T02:59:59Z")).toEqual(["reminder_1h"]);
    expect(kinds("2026-11-24T03:00:00Z")).toEqual([]);
    expect(remindersAhead(start, new Date(0))[0]?.at).toBe("2026-11-23T04:00:00.000Z");
  });

  const standing: BookingState = {
    status: "CONFIRMED",
    version: 2,
    startsAt: new Date(start),
    endsAt: new Date(Date.parse(start) + 30 * 60_000),
    refund: null,
  };
  const before = new Date("2026-11-23T04:00:01Z");
  const late = new Date("2026-11-24T03:30:00Z");

  test("excludes messages that are no longer true", () => {
    expect(isStillTrue("reminder_24h", 2, standing, before)).toBe(true);
    expect(isStillTrue("reminder_24h", 2, standing, late)).toBe(false);
    expect(isStillTrue("reminder_1h", 2, standing, late)).toBe(true);
    expect(isStillTrue("reminder_1h", 2, standing, new Date(start))).toBe(false);
    for (const kind of ["confirmed", "rescheduled", "reminder_24h", "reminder_1h"] as const) {
      expect(isStillTrue(kind, 1, standing, before), kind).toBe(false);
      expect(isStillTrue(kind, 2, { ...standing, status: "CANCELLED" }, before), kind).toBe(false);
    }
    expect(isStillTrue("cancelled", 2, standing, before)).toBe(false);
    expect(isStillTrue("expired", 2, standing, before)).toBe(false);
    expect(isStillTrue("expired", 2, { ...standing, status: "EXPIRED" }, late)).toBe(true);
  });

  test("of a confirmation or a new time may be until the end of the visit", () => {
    const at = (minutes: number) => new Date(standing.startsAt.getTime() + minutes * 60_000);
    for (const kind of ["confirmed", "rescheduled"] as const) {
      expect(isStillTrue(kind, 2, standing, at(1)), kind).toBe(true);
      expect(isStillTrue(kind, 2, standing, at(30)), kind).toBe(false);
    }
  });

  test("of a message about a refund depends on the refund's status and reason", () => {
    const back = (status: "PENDING" | "SUCCEEDED", reason: string): BookingState => ({
      ...standing,
      status: "EXPIRED",
      refund: { status, reason },
    });
    expect(isStillTrue("paid_too_late", 2, back("PENDING", "not_pending"), late)).toBe(true);
    expect(isStillTrue("paid_too_late", 2, back("PENDING", "cancelled"), late)).toBe(false);
    expect(isStillTrue("refunded", 2, back("PENDING", "cancelled"), late)).toBe(false);
    expect(isStillTrue("refunded", 2, back("SUCCEEDED", "cancelled"), late)).toBe(true);
    expect(isStillTrue("refunded", 2, standing, late)).toBe(false);
    expect(isStillTrue("expired", 2, back("PENDING", "not_pending"), late)).toBe(false);
  });
});
