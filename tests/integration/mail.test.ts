import "../support/smtp-env";
import { afterEach, describe, expect, test, vi } from "vitest";
import { notify, sendOverdue } from "@/server/notifications/commands/notify";
import { db } from "@/server/platform/db";
import { makeConfirmed } from "../support/bookings";
import { sql } from "../support/database";
import { raceOf, valuesOf } from "../support/race";
import { smtp } from "../support/smtp-env";

const mailsTo = ({ email }: { email: string }) => smtp.mails.filter(({ to }) => to === email);
const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(raw)?.[1];

const statusesOf = async (bookingId: string) => {
  const rows = await sql<{ status: string }>(
    "SELECT status FROM notifications WHERE booking_id = $1 AND kind = 'confirmed' ORDER BY id",
    [bookingId],
  );
  return rows.map(({ status }) => status);
};

describe("a notification through a mail server", () => {
  test("is mailed to each person once, and its text is not stored", async () => {
    const { booking, patient, doctor } = await makeConfirmed();

    await notify(booking.id, "confirmed");
    await notify(booking.id, "confirmed");

    expect(mailsTo(patient)).toHaveLength(1);
    expect(mailsTo(doctor)).toHaveLength(1);
    const [{ raw = "" } = {}] = mailsTo(patient);
    expect(header(raw, "From")).toBe("Amrutam <care@amrutam.test>");
    expect(header(raw, "To")).toContain(patient.email);
    expect(header(raw, "Message-ID")).toMatch(/^<[0-9a-f-]{36}@amrutam\.test>$/);
    expect(header(raw, "Auto-Submitted")).toBe("auto-generated");
    expect(await sql("SELECT 1 FROM mailbox_messages")).toEqual([]);
  });

  test("is mailed once if five callers send it at the same time", async () => {
    const { booking, patient, doctor } = await makeConfirmed();
    // Open the connections first: on a busy machine, opening five at once takes longer than the pool's timeout.
    await raceOf(5, () => db.$queryRaw`SELECT 1`);

    valuesOf(await raceOf(5, () => notify(booking.id, "confirmed")));

    expect(mailsTo(patient)).toHaveLength(1);
    expect(mailsTo(doctor)).toHaveLength(1);
  });

  test("is mailed again with the same Message-ID after a crash before the result was saved", async () => {
    const { booking, patient } = await makeConfirmed();
    await notify(booking.id, "confirmed");
    await sql(
      `UPDATE notifications SET status = 'PENDING', sent_at = NULL, due_at = now() - interval '5 minutes',
              leased_until = clock_timestamp() - interval '1 second'
        WHERE booking_id = $1 AND kind = 'confirmed'`,
      [booking.id],
    );

    await sendOverdue();

    const ids = mailsTo(patient).map(({ raw }) => header(raw, "Message-ID"));
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  test("stays pending if the server is busy, and the error contains no address", async () => {
    const { booking, patient } = await makeConfirmed();
    smtp.rcptAnswer = `451 <${patient.email}> try later`;

    const failure = await notify(booking.id, "confirmed").catch((error: Error) => error);

    expect(String(failure)).toBe("Error: mail not sent: EENVELOPE 451");
    expect(await statusesOf(booking.id)).toEqual(["PENDING", "PENDING"]);
    smtp.rcptAnswer = "250 ok";
    await notify(booking.id, "confirmed");
    expect(mailsTo(patient)).toHaveLength(1);
    expect(await statusesOf(booking.id)).toEqual(["SENT", "SENT"]);
  });

  test("is not tried again if the server refuses the address permanently", async () => {
    const { booking } = await makeConfirmed();
    smtp.rcptAnswer = "550 no such person";

    await notify(booking.id, "confirmed");
    smtp.rcptAnswer = "250 ok";
    await notify(booking.id, "confirmed");

    expect(await statusesOf(booking.id)).toEqual(["FAILED", "FAILED"]);
  });
});

describe("the demo's mailbox", () => {
  const before = { ...process.env };
  afterEach(() => {
    Object.assign(process.env, before);
    vi.resetModules();
  });

  test("exists only for callers on this machine", async () => {
    const { readMailbox } = await import("@/server/notifications/queries");
    expect(await readMailbox(true)).toEqual([]);
    await expect(readMailbox(false)).rejects.toMatchObject({ reason: "NOT_FOUND" });
  });

  test("does not exist in production", async () => {
    vi.resetModules();
    Object.assign(process.env, { AMRUTAM_MODE: "production" });
    const { readMailbox } = await import("@/server/notifications/queries");
    await expect(readMailbox(true)).rejects.toMatchObject({ reason: "NOT_FOUND" });
  });
});
