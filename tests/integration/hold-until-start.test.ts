import { describe, expect, test } from "vitest";
import { env } from "@/env";
import { expireHolds } from "@/server/bookings/commands/expire";
import { holdAs, makeConfirmed, makeHold, moveVisit } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { expectRefused } from "../support/refusals";

const MINUTE = 60_000;
const soon = (minutes: number) => new Date(Date.now() + minutes * MINUTE);

/** Holds a five-minute slot that starts in this many minutes. */
async function holdSoon(minutes: number) {
  const slot = await makeSlot(await makeDoctor(), soon(minutes), 5);
  const patient = await makePatient();
  const booking = await holdAs(patient, slot.id);
  return { slot, patient, booking };
}

describe("the end of a hold", () => {
  test("is the slot's start if the slot starts within the hold time", async () => {
    const { booking, slot } = await holdSoon(1);
    expect(booking.holdExpiresAt).toBe(slot.startsAt.toISOString());
    const [event] = await sql<{ at: string }>(
      "SELECT data->>'holdExpiresAt' AS at FROM outbox WHERE name = 'booking/held' AND data->>'bookingId' = $1",
      [booking.id],
    );
    expect(event?.at).toBe(booking.holdExpiresAt);
  });

  test("is the full hold time if the slot starts later", async () => {
    const { booking } = await makeHold();
    const left = Date.parse(booking.holdExpiresAt) - Date.now();
    expect(Math.round(left / MINUTE)).toBe(env.HOLD_MINUTES);
  });

  test("is extended to the slot's start and no further", async () => {
    const { booking, slot, patient } = await holdSoon(env.HOLD_MINUTES + 1);
    const bookingId = booking.id;
    const extended = await callerAs(patient).bookings.extendHold({ bookingId });
    expect(extended).toEqual({
      bookingId,
      holdExpiresAt: slot.startsAt.toISOString(),
      extensionsLeft: 0,
    });
    await expect(callerAs(patient).bookings.extendHold({ bookingId })).rejects.toThrow(
      "HOLD_LIMIT",
    );
    const [row] = await sql<{ held: Date; extensions: number }>(
      "SELECT hold_expires_at AS held, hold_extensions AS extensions FROM bookings WHERE id = $1",
      [bookingId],
    );
    expect(row).toEqual({ held: slot.startsAt, extensions: 1 });
    await expectInvariants();
  });

  test("becomes earlier if the booking moves to an earlier slot", async () => {
    const { booking, doctor, patient } = await makeConfirmed();
    const sooner = await makeSlot(doctor, soon(2), 5);
    const later = await makeSlot(doctor, inHours(50));
    for (const slot of [sooner, later]) {
      await callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId: slot.id });
      const [row] = await sql<{ held: Date }>(
        "SELECT hold_expires_at AS held FROM bookings WHERE id = $1",
        [booking.id],
      );
      expect(row?.held).toEqual(sooner.startsAt);
    }
  });

  test("cannot be after the slot's start in the database", async () => {
    const { booking } = await makeHold();
    await expect(
      sql("UPDATE bookings SET hold_expires_at = starts_at + interval '1 ms' WHERE id = $1", [
        booking.id,
      ]),
    ).rejects.toThrow("bookings_hold_ends_by_start");
  });
});

describe.each(HOSTS)("a hold whose slot has started, %s", (host) => {
  const api = useHost(host);
  const makeStarted = async () => {
    const held = await holdSoon(1);
    await moveVisit(held.booking.id, "-1 second");
    return held;
  };

  test("cannot be extended", async () => {
    const { booking, patient } = await makeStarted();
    const call = api.post(`/bookings/${booking.id}/extend`, {}, patient);
    await expectRefused(call, 409, "ILLEGAL_TRANSITION");
    expect(await expireHolds({ bookingId: booking.id })).toBe(1);
  });
});
