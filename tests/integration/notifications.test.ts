import { describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { notify, sendOverdue } from "@/server/notifications/commands/notify";
import * as jobs from "@/server/notifications/jobs";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { db } from "@/server/platform/db";
import { makeConfirmed, makeHold, moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql, tablesThatContain } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot, type Person } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { engine } from "../support/jobs";
import { mailsTo } from "../support/mails";
import { raceOf, valuesOf } from "../support/race";

/** The mails to a person, oldest first. */
const mailsOf = async ({ email }: Person) => (await mailsTo(email)).reverse();
const subjectsOf = async (person: Person) => (await mailsOf(person)).map(({ subject }) => subject);

const rowsOf = (bookingId: string) =>
  sql<{ id: string; version: number; kind: string; status: string }>(
    "SELECT id, version, kind, status FROM notifications WHERE booking_id = $1 ORDER BY due_at, id",
    [bookingId],
  );

/** The statuses of a booking's messages of one kind. */
const statusesOf = async (bookingId: string, wanted: string) =>
  (await rowsOf(bookingId)).flatMap(({ kind, status }) => (kind === wanted ? status : []));

/** Resets the messages to the state that a process leaves if it dies while sending them. */
const resetToUnsent = (bookingId: string, leasedUntil: string) =>
  sql(
    `UPDATE notifications SET status = 'PENDING', sent_at = NULL, leased_until = ${leasedUntil},
            due_at = due_at - interval '3 minutes'
      WHERE booking_id = $1 AND kind = 'confirmed'`,
    [bookingId],
  );

/** Starts a job engine with the notification jobs only. */
const start = () => engine(Object.values(jobs));

describe("a message", () => {
  test("reaches patient and doctor once, even if it is sent by several callers at once", async () => {
    const { booking, patient, doctor } = await makeConfirmed();

    // Opens the connections first: on a busy machine, opening five takes longer than the pool waits.
    await raceOf(5, () => db.$queryRaw`SELECT 1`);

    valuesOf(await raceOf(5, () => notify(booking.id, "confirmed", 1)));
    await notify(booking.id, "confirmed", 1);

    expect(await subjectsOf(patient)).toEqual([`Confirmed: your consultation with ${doctor.name}`]);
    expect(await subjectsOf(doctor)).toEqual(["A new consultation"]);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["SENT", "SENT"]);
  });

  test("is stored encrypted, and cannot be read once the person's data key is deleted", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    expect(await tablesThatContain("your consultation with")).toEqual([]);
    expect(await subjectsOf(patient)).toHaveLength(1);

    await db.dataKey.delete({ where: { userId: patient.id } });

    expect(await subjectsOf(patient)).toEqual([]);
    await notify(booking.id, "reminder_1h");
    expect(await statusesOf(booking.id, "reminder_1h")).toEqual(["VOID"]);
  });

  test("whose sender died is sent by the sweep once the lease has ended", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    await sql("DELETE FROM mailbox_messages WHERE user_id = $1", [patient.id]);

    await resetToUnsent(booking.id, "clock_timestamp() + interval '30 seconds'");
    expect(await sendOverdue()).toBe(0);
    await resetToUnsent(booking.id, "clock_timestamp() - interval '1 second'");
    expect(await sendOverdue()).toBe(2);

    expect(await subjectsOf(patient)).toHaveLength(1);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["SENT", "SENT"]);
    expect(await sendOverdue()).toBe(0);
  });

  test("is sent by one sweep even if more are overdue than a batch has", async () => {
    const patient = await makePatient();
    await sql(
      `INSERT INTO notifications (kind, channel, user_id, due_at)
       SELECT 'password_changed', 'email', $1, now() - interval '3 minutes' FROM generate_series(1, 130)`,
      [patient.id],
    );

    expect(await sendOverdue()).toBe(130);

    const count = "SELECT count(*)::int AS sent FROM mailbox_messages WHERE user_id = $1";
    expect(await sql(count, [patient.id])).toEqual([{ sent: 130 }]);
  });

  test("that is no longer true when it is sent becomes VOID", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    await sql("DELETE FROM mailbox_messages WHERE user_id = $1", [patient.id]);
    await resetToUnsent(booking.id, "NULL");
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });

    await sendOverdue();
    await notify(booking.id, "confirmed", 1);

    expect(await subjectsOf(patient)).toEqual([]);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["VOID", "VOID"]);
  });
});

describe("mails are sent", () => {
  test("to patient and doctor about a cancellation, and to the patient about the refund", async () => {
    const { booking, patient, doctor, payment } = await makeConfirmed();
    const running = start();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    await running.drain();
    expect((await mailsOf(patient)).at(-1)?.text).toContain("₹500 goes back to you");
    expect((await subjectsOf(doctor)).at(-1)).toBe("A consultation is cancelled");

    await deliver(gatewayEvent("refund.succeeded", payment));
    await running.drain();

    expect((await subjectsOf(patient)).at(-1)).toBe("Refund: ₹500");
  });

  test("to the patient only about a declined payment", async () => {
    const { patient, doctor, payment } = await makeHold();
    const running = start();

    await deliver(gatewayEvent("payment.failed", payment));
    await running.drain();

    const [message] = await mailsOf(patient);
    expect(message?.subject).toBe("Your payment did not go through");
    expect(message?.text).toContain("You have not been charged");
    expect(await mailsOf(doctor)).toEqual([]);
  });

  test("to the patient about an expired hold, and about a payment that came too late", async () => {
    const { booking, patient, doctor, payment } = await makeHold();
    const running = start();
    await letHoldRunOut(booking.id);
    await expireHolds({ bookingId: booking.id });
    await running.drain();
    await deliver(gatewayEvent("payment.succeeded", payment));
    await running.drain();
    await deliver(gatewayEvent("refund.succeeded", payment));
    await running.drain();

    expect(await subjectsOf(patient)).toEqual([
      "Your hold ran out",
      "Your payment came too late and goes back to you",
      "Refund: ₹500",
    ]);
    expect(await mailsOf(doctor)).toEqual([]);
  });

  test("to the patient about a payment after the start, and not about the hold that it ended", async () => {
    const { booking, patient, payment } = await makeHold();
    const running = start();
    await moveVisit(booking.id, "-1 second");
    await deliver(gatewayEvent("payment.succeeded", payment));
    await running.drain();

    const [message, ...others] = await mailsOf(patient);
    expect(others).toEqual([]);
    expect(message?.subject).toBe("Your payment came too late and goes back to you");
    expect(message?.text).toContain("reached us after the time had begun");
    expect(message?.text).toContain("₹500 goes back to you, all that you paid");
  });

  test("to the patient and to both doctors about a move to another doctor", async () => {
    const { booking, patient, doctor } = await makeConfirmed();
    const running = start();
    await running.drain();
    const other = await makeDoctor({ name: "Dr. Other" });
    const slot = await makeSlot(other, inHours(50));

    await callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId: slot.id });
    await running.drain();

    expect((await subjectsOf(patient)).at(-1)).toBe("New time: your consultation with Dr. Other");
    expect(await subjectsOf(other)).toEqual(["A consultation has a new time"]);
    expect((await subjectsOf(doctor)).at(-1)).toBe("A consultation was moved away");
  });
});

test("the refund of a cancellation is not mailed as a payment that came too late", async () => {
  const { booking, patient, payment } = await makeConfirmed();
  const running = start();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  const [refund] = await sql<{ id: string }>("SELECT id FROM refunds WHERE payment_id = $1", [
    payment.id,
  ]);
  await carryOutRefund(refund?.id ?? "");
  await running.drain();
  expect((await rowsOf(booking.id)).map(({ kind }) => kind)).not.toContain("paid_too_late");
});
