import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { expireHolds } from "@/server/bookings/commands/expire";
import { notify, sendOverdue } from "@/server/notifications/commands/notify";
import * as jobs from "@/server/notifications/jobs";
import { carryOutRefund } from "@/server/payments/commands/refund";
import { clock } from "@/server/platform/clock";
import { db } from "@/server/platform/db";
import { makeConfirmed, makeHold, moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { letHoldRunOut, sql, tablesThatContain } from "../support/database";
import { inHours, makeDoctor, makeSlot, type Person } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";
import { engine, moveClock, until } from "../support/jobs";
import { raceOf, valuesOf } from "../support/race";

/** Moves everybody's clock: the process's and the database's. */
async function moveTime(hours: number): Promise<void> {
  clock.setOffset(hours * 3_600_000);
  await moveClock(`${hours} hours`);
  // Every session was cut: the pool notices one by one.
  await sleep(300);
}

afterEach(async () => {
  if (clock.now().getTime() - Date.now() > 1000) await moveTime(0);
});

/** What somebody has been told, oldest first. */
async function toldTo({ email }: Pick<Person, "email">) {
  const messages = await callerAs(null).mailbox.latest();
  return messages.filter(({ to }) => to === email).reverse();
}
const subjectsOf = async (person: Pick<Person, "email">) =>
  (await toldTo(person)).map(({ subject }) => subject);

const rowsOf = (bookingId: string) =>
  sql<{ id: string; version: number; kind: string; status: string }>(
    "SELECT id, version, kind, status FROM notifications WHERE booking_id = $1 ORDER BY due_at, id",
    [bookingId],
  );

/** How the messages of a kind stand. */
const statusesOf = async (bookingId: string, wanted: string) =>
  (await rowsOf(bookingId)).flatMap(({ kind, status }) => (kind === wanted ? status : []));

/** Puts a message back to how a process that died while sending leaves it. */
const loseSender = (bookingId: string, leasedUntil: string) =>
  sql(
    `UPDATE notifications SET status = 'PENDING', sent_at = NULL, leased_until = ${leasedUntil},
            due_at = due_at - interval '3 minutes'
      WHERE booking_id = $1 AND kind = 'confirmed'`,
    [bookingId],
  );

/** All that is told, and nothing else, on an engine of the test's own. */
const start = () => engine(Object.values(jobs));

describe("a message", () => {
  test("reaches patient and doctor once, whoever tells it how often at once", async () => {
    const { booking, patient, doctor } = await makeConfirmed();

    // Opens the connections first: on a busy machine five at once take longer than the pool waits.
    await raceOf(5, () => db.$queryRaw`SELECT 1`);

    valuesOf(await raceOf(5, () => notify(booking.id, "confirmed", 1)));
    await notify(booking.id, "confirmed", 1);

    expect(await subjectsOf(patient)).toEqual([`Confirmed: your consultation with ${doctor.name}`]);
    expect(await subjectsOf(doctor)).toEqual(["A new consultation"]);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["SENT", "SENT"]);
  });

  test("lies sealed: its words are nowhere in the database, and an erased person's are gone", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    expect(await tablesThatContain("your consultation with")).toEqual([]);
    expect(await subjectsOf(patient)).toHaveLength(1);

    await db.dataKey.delete({ where: { userId: patient.id } });

    expect(await subjectsOf(patient)).toEqual([]);
    await notify(booking.id, "reminder_1h");
    expect(await statusesOf(booking.id, "reminder_1h")).toEqual(["VOID"]);
  });

  test("whose sender died is sent by the sweep, once its lease is over", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    await sql("DELETE FROM mailbox_messages WHERE user_id = $1", [patient.id]);

    await loseSender(booking.id, "clock_timestamp() + interval '30 seconds'");
    expect(await sendOverdue()).toBe(0);
    await loseSender(booking.id, "clock_timestamp() - interval '1 second'");
    expect(await sendOverdue()).toBe(2);

    expect(await subjectsOf(patient)).toHaveLength(1);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["SENT", "SENT"]);
    expect(await sendOverdue()).toBe(0);
  });

  test("that waited until it was wrong is not sent", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    await sql("DELETE FROM mailbox_messages WHERE user_id = $1", [patient.id]);
    await loseSender(booking.id, "NULL");
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });

    await sendOverdue();
    await notify(booking.id, "confirmed", 1);

    expect(await subjectsOf(patient)).toEqual([]);
    expect(await statusesOf(booking.id, "confirmed")).toEqual(["VOID", "VOID"]);
  });
});

describe("who is told what", () => {
  test("a cancellation: the patient with the refund, the doctor, then the money's way back", async () => {
    const { booking, patient, doctor, payment } = await makeConfirmed();
    const running = start();
    await callerAs(patient).bookings.cancel({ bookingId: booking.id });
    await running.drain();
    expect((await toldTo(patient)).at(-1)?.text).toContain("₹500 goes back to you");
    expect((await subjectsOf(doctor)).at(-1)).toBe("A consultation is cancelled");

    await deliver(gatewayEvent("refund.succeeded", payment));
    await running.drain();

    expect((await subjectsOf(patient)).at(-1)).toBe("Refund: ₹500");
  });

  test("a declined payment: the patient alone", async () => {
    const { patient, doctor, payment } = await makeHold();
    const running = start();

    await deliver(gatewayEvent("payment.failed", payment));
    await running.drain();

    const [message] = await toldTo(patient);
    expect(message?.subject).toBe("Your payment did not go through");
    expect(message?.text).toContain("You have not been charged");
    expect(await toldTo(doctor)).toEqual([]);
  });

  test("a hold that ran out, and the payment that came too late", async () => {
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
    expect(await toldTo(doctor)).toEqual([]);
  });

  test("a payment that came after the start, and nothing of the hold that ended with it", async () => {
    const { booking, patient, payment } = await makeHold();
    const running = start();
    await moveVisit(booking.id, "-1 second");
    await deliver(gatewayEvent("payment.succeeded", payment));
    await running.drain();

    const [message, ...others] = await toldTo(patient);
    expect(others).toEqual([]);
    expect(message?.subject).toBe("Your payment came too late and goes back to you");
    expect(message?.text).toContain("reached us after the time had begun");
    expect(message?.text).toContain("₹500 goes back to you, all that you paid");
  });

  test("a new time with another doctor: the patient, the new doctor and the one who was left", async () => {
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

describe("reminders", () => {
  const remindersOf = async (bookingId: string) =>
    (await rowsOf(bookingId)).filter(({ kind }) => kind.startsWith("reminder"));
  const sentTo = async (bookingId: string) =>
    (await remindersOf(bookingId)).flatMap(({ kind, status }) => (status === "SENT" ? kind : []));
  const runOf = async (bookingId: string, version: number) => {
    const [run] = await sql<{ status: string }>(
      `SELECT status FROM job_runs WHERE function_id = $1 AND event->'data'->>'bookingId' = $2
          AND (event->'data'->>'version')::int = $3`,
      [`amrutam-${jobs.remind.id()}`, bookingId, version],
    );
    return run?.status;
  };

  test("come a day and an hour before the start, each once, to the patient", async () => {
    const { booking, patient } = await makeConfirmed();
    const running = start();
    await until("it sleeps", async () => (await runOf(booking.id, 1)) === "SLEEPING");
    await running.drain();
    expect(await sentTo(booking.id)).toEqual([]);

    await moveTime(1);
    await until("a day before", async () => (await sentTo(booking.id)).length === 1);
    await moveTime(24);
    await until("an hour before", async () => (await sentTo(booking.id)).length === 2);
    await running.drain();

    expect(await sentTo(booking.id)).toEqual(["reminder_24h", "reminder_1h"]);
    const subjects = await subjectsOf(patient);
    expect(subjects.filter((subject) => !subject.startsWith("Confirmed"))).toEqual([
      expect.stringMatching(/^Coming up/),
      expect.stringMatching(/^Starting soon/),
    ]);
  });

  test("end with a cancellation and follow a new time", async () => {
    const moved = await makeConfirmed();
    const off = await makeConfirmed();
    const running = start();
    await running.drain();
    const slot = await makeSlot(moved.doctor, inHours(60));
    await callerAs(moved.patient).bookings.reschedule({
      bookingId: moved.booking.id,
      slotId: slot.id,
    });
    await callerAs(off.patient).bookings.cancel({ bookingId: off.booking.id });
    await running.drain();
    expect(await runOf(off.booking.id, 1)).toBe("CANCELLED");
    expect(await runOf(moved.booking.id, 1)).toBe("CANCELLED");
    expect(await runOf(moved.booking.id, 2)).toBe("SLEEPING");

    await moveTime(59);
    await until("one is sent", async () => (await sentTo(moved.booking.id)).length > 0);
    await running.drain();

    expect(await statusesOf(off.booking.id, "reminder_1h")).toEqual(["VOID"]);
    for (const { status, version } of await remindersOf(moved.booking.id))
      expect(status === "VOID").toBe(version === 1);
  });
});

test("refunds that are not about lateness are not told as late", async () => {
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
