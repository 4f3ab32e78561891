import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import * as jobs from "@/server/notifications/jobs";
import { clock } from "@/server/platform/clock";
import { makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { inHours, makeSlot } from "../support/factories";
import { engine, moveClock, until } from "../support/jobs";
import { mailsTo } from "../support/mails";

/** Moves both clocks: the process's and the database's. */
async function moveTime(hours: number): Promise<void> {
  clock.setOffset(hours * 3_600_000);
  await moveClock(`${hours} hours`);
  // Moving the database's clock ends every connection. Wait until the pool has noticed.
  await sleep(300);
}

afterEach(async () => {
  if (clock.now().getTime() - Date.now() > 1000) await moveTime(0);
});

/** Starts a job engine with the notification jobs only. */
const start = () => engine(Object.values(jobs));

describe("reminders", () => {
  const remindersOf = (bookingId: string) =>
    sql<{ version: number; kind: string; status: string }>(
      `SELECT version, kind, status FROM notifications
        WHERE booking_id = $1 AND kind LIKE 'reminder%' ORDER BY due_at, id`,
      [bookingId],
    );
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

  test("are sent to the patient a day before and an hour before the start, each once", async () => {
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
    const mails = await mailsTo(patient.email);
    const subjects = mails.map(({ subject }) => subject).reverse();
    expect(subjects.filter((subject) => !subject.startsWith("Confirmed"))).toEqual([
      expect.stringMatching(/^Coming up/),
      expect.stringMatching(/^Starting soon/),
    ]);
  });

  test("are not sent after a cancellation, and move with a reschedule", async () => {
    const moved = await makeConfirmed();
    const cancelled = await makeConfirmed();
    const running = start();
    await running.drain();
    const slot = await makeSlot(moved.doctor, inHours(60));
    await callerAs(moved.patient).bookings.reschedule({
      bookingId: moved.booking.id,
      slotId: slot.id,
    });
    await callerAs(cancelled.patient).bookings.cancel({ bookingId: cancelled.booking.id });
    await running.drain();
    expect(await runOf(cancelled.booking.id, 1)).toBe("CANCELLED");
    expect(await runOf(moved.booking.id, 1)).toBe("CANCELLED");
    expect(await runOf(moved.booking.id, 2)).toBe("SLEEPING");

    await moveTime(59);
    await until("one is sent", async () => (await sentTo(moved.booking.id)).length > 0);
    await running.drain();

    const voided = (await remindersOf(cancelled.booking.id)).filter(
      ({ kind }) => kind === "reminder_1h",
    );
    expect(voided.map(({ status }) => status)).toEqual(["VOID"]);
    for (const { status, version } of await remindersOf(moved.booking.id))
      expect(status === "VOID").toBe(version === 1);
  });
});
