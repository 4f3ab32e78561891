import { describe, expect, test } from "vitest";
import { refundMissed } from "@/server/consultations/commands";
import { notify } from "@/server/notifications/commands/notify";
import { makeConfirmed, moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { makeAdmin, type Person } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { expectInvariants } from "../support/invariants";
import { mailsTo } from "../support/mails";

const today = () => {
  const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  return { from: from ?? "", to: to ?? "" };
};

describe("a doctor's absence", () => {
  test.each([
    ["is found by the job after the visit's end", "-50 minutes", () => refundMissed()],
    [
      "is reported by the patient, who cancels after the start",
      "-4 minutes",
      (patient: Person, bookingId: string) => callerAs(patient).bookings.cancel({ bookingId }),
    ],
  ])(
    "%s: the cancellation, the refund and both mails give the absence as the reason",
    async (_who, startsIn, end) => {
      const admin = callerAs(await makeAdmin());
      const before = (await admin.analytics.summary(today())).bookings.doctorAbsent;
      const { booking, patient, doctor } = await makeConfirmed();
      const bookingId = booking.id;
      await moveVisit(bookingId, startsIn);

      await end(patient, bookingId);
      await notify(bookingId, "cancelled");

      const seen = await callerAs(patient).bookings.get({ bookingId });
      expect(seen).toMatchObject({
        status: "CANCELLED",
        cancelledBy: "absence",
        refund: { amount: { amount: 50_000 }, status: "PENDING" },
      });
      expect(
        await sql(
          "SELECT reason FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.booking_id = $1",
          [bookingId],
        ),
      ).toEqual([{ reason: "doctor_absent" }]);
      const [toPatient] = await mailsTo(patient.email);
      expect(toPatient?.subject).toBe(`${doctor.name} did not come`);
      expect(toPatient?.text).toContain("₹500 goes back to you");
      const [toDoctor] = await mailsTo(doctor.email);
      expect(toDoctor?.subject).toBe("A consultation was missed");
      expect(`${toPatient?.text}${toDoctor?.text}`).not.toMatch(
        /As you asked|had to cancel|is free/,
      );
      expect((await admin.analytics.summary(today())).bookings.doctorAbsent).toBe(before + 1);
      await expectInvariants();
    },
  );
});

test("the mail about a cancellation does not say that the slot is free if the doctor has a day off", async () => {
  const [away, there] = [await makeConfirmed(), await makeConfirmed()];
  const date = away.slot.startsAt.toISOString().slice(0, 10);
  await callerAs(away.doctor).availability.set({
    timezone: "UTC",
    rules: [],
    exceptions: [{ date, closed: true }],
    minimumNoticeMinutes: 0,
    horizonDays: 30,
  });
  for (const { patient, booking } of [away, there]) {
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    await notify(booking.id, "cancelled");
  }

  const [toAway] = await mailsTo(away.doctor.email);
  const [toThere] = await mailsTo(there.doctor.email);
  expect(toAway?.text).toContain("The patient cancelled your consultation");
  expect(toAway?.text).not.toContain("free");
  expect(toThere?.text).toContain("The time is free for others.");
});

test("the patient gets a mail about each refund that the clinic makes at the gateway, with the total so far", async () => {
  const { booking, payment, patient } = await makeConfirmed();
  for (const amount of [10_000, 20_000]) {
    await deliver(gatewayEvent("refund.succeeded", payment, { amount }));
    await notify(booking.id, "refunded_by_clinic");
  }
  const texts = (await mailsTo(patient.email)).map(({ text }) => text);
  expect(texts.filter((text) => text.includes("in all ₹100 of the ₹500"))).toHaveLength(1);
  expect(texts.filter((text) => text.includes("in all ₹300 of the ₹500"))).toHaveLength(1);
});
