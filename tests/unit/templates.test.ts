import { describe, expect, test } from "vitest";
import { isStillTrue, remindersAhead, type Standing } from "@/server/notifications/rules";
import { KINDS } from "@/server/notifications/schema";
import { type Audience, type Facts, TEMPLATES } from "@/server/notifications/templates";

const facts: Facts = {
  to: { name: "Asha", zone: "Asia/Kolkata" },
  doctorName: "Dr. Dev",
  startsAt: new Date("2026-11-24T04:00:00Z"),
  endsAt: new Date("2026-11-24T04:30:00Z"),
  price: { amount: 60_000, currency: "INR" },
  refund: null,
  cancelledBy: null,
  wasConfirmed: true,
  wasPaidAfterStart: false,
  origin: "https://amrutam.test",
  bookingId: "0193-booking",
};

function render(audience: Audience, kind: (typeof KINDS)[number], changed: Partial<Facts> = {}) {
  const template = TEMPLATES[audience][kind];
  if (!template) throw new Error(`${audience} is not told of ${kind}`);
  return template({ ...facts, ...changed });
}

describe("what people read", () => {
  test("a whole message", () => {
    expect(render("patient", "confirmed")).toEqual({
      subject: "Confirmed: your consultation with Dr. Dev",
      text: [
        "Hello Asha,",
        "Your consultation with Dr. Dev is confirmed: Tuesday, 24 November 2026, 9:30 – 10:00 am, India Standard Time (GMT+5:30).",
        "You paid ₹600. You can join from ten minutes before the start, move it to another time or cancel it here: https://amrutam.test/bookings/0193-booking",
        "In an emergency, call 112. Please do not wait for a consultation.",
        "Amrutam Telemedicine",
      ].join("\n\n"),
    });
  });

  test("times are the recipient's own, the day too, and name their zone", () => {
    const at = (zone: string) =>
      render("patient", "reminder_1h", { to: { name: "Asha", zone } }).text;
    expect(at("Asia/Kolkata")).toContain(
      "Tuesday, 24 November 2026, 9:30 – 10:00 am, India Standard",
    );
    expect(at("America/Los_Angeles")).toContain("Monday, 23 November 2026, 8:00 – 8:30 pm");
    expect(at("America/Los_Angeles")).toContain("(GMT-8)");
    expect(at("Europe/London")).toContain("4:00 – 4:30 am");
  });

  test.each([
    ["a refund", { refund: { amount: 54_950, currency: "INR" } }, "₹549.50 goes back to you"],
    ["no refund", {}, "Under the cancellation terms of this booking nothing is refunded."],
    ["nothing that was paid", { wasConfirmed: false }, "You have not been charged."],
  ])("a cancellation with %s says so", (_what, changed, says) => {
    expect(render("patient", "cancelled", { cancelledBy: "patient", ...changed }).text).toContain(
      says,
    );
  });

  test.each([
    ["patient", "As you asked, your consultation"],
    ["doctor", "Dr. Dev had to cancel"],
    ["admin", "We had to cancel"],
    ["payment", "did not go through"],
  ] as const)("a cancellation by the %s says who", (cancelledBy, says) => {
    expect(render("patient", "cancelled", { cancelledBy }).text).toContain(says);
  });

  test("every kind is told to somebody, complete, and doctors never read who comes", () => {
    for (const kind of KINDS) {
      const told = Object.entries(TEMPLATES).filter(([, templates]) => templates[kind]);
      expect(told.length, kind).toBeGreaterThan(0);
      for (const [audience] of told as Array<[Audience, unknown]>) {
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

describe("when", () => {
  const start = "2026-11-24T04:00:00.000Z";
  const kinds = (now: string) => remindersAhead(start, new Date(now)).map(({ kind }) => kind);

  test("reminders that are past are left out", () => {
    expect(kinds("2026-11-22T00:00:00Z")).toEqual(["reminder_24h", "reminder_1h"]);
    expect(kinds("2026-11-23T04:00:00Z")).toEqual(["reminder_1h"]);
    expect(kinds("2026-11-24T02:59:59Z")).toEqual(["reminder_1h"]);
    expect(kinds("2026-11-24T03:00:00Z")).toEqual([]);
    expect(remindersAhead(start, new Date(0))[0]?.at).toBe("2026-11-23T04:00:00.000Z");
  });

  const standing: Standing = {
    status: "CONFIRMED",
    version: 2,
    startsAt: new Date(start),
    refund: null,
  };
  const before = new Date("2026-11-23T04:00:01Z");
  const late = new Date("2026-11-24T03:30:00Z");

  test("only what still holds is told", () => {
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

  test("money is told by its refund", () => {
    const back = (status: "PENDING" | "SUCCEEDED", reason: string): Standing => ({
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
