import { beforeEach, describe, expect, test } from "vitest";
import { refundMissed } from "@/server/consultations/commands";
import { holdAs, makeConfirmed, moveVisit, stateOf } from "../support/bookings";
import { sql } from "../support/database";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { expectRefused } from "../support/refusals";

/** Sets how long ago the patient was last seen. */
const setLastSeen = (bookingId: string, ago: string) =>
  sql("UPDATE consultations SET patient_seen_at = now() - $2::interval WHERE booking_id = $1", [
    bookingId,
    ago,
  ]);

const seenAt = async (bookingId: string) =>
  (
    await sql<{ at: Date | null }>(
      "SELECT patient_seen_at AS at FROM consultations WHERE booking_id = $1",
      [bookingId],
    )
  )[0]?.at ?? null;

describe.each(HOSTS)("marking a patient as absent, %s", (host) => {
  const api = useHost(host);
  let visit: Awaited<ReturnType<typeof makeConfirmed>>;
  let path: string;
  beforeEach(async () => {
    visit = await makeConfirmed();
    path = `/bookings/${visit.booking.id}/consultation`;
  });
  const moveTo = (startsIn: string) => moveVisit(visit.booking.id, startsIn);
  const noShow = () => api.post(`${path}/no-show`, {}, visit.doctor);
  const kept = { booking: "NO_SHOW", payment: "SUCCEEDED", consultation: "NO_SHOW", refund: null };

  test("is refused until ten minutes after the start", async () => {
    for (const startsIn of ["1 minute", "-5 seconds", "-9 minutes 55 seconds"]) {
      await moveTo(startsIn);
      await expectRefused(noShow(), 409, "TOO_EARLY");
    }
    expect(await stateOf(visit.booking.id)).toMatchObject({ booking: "CONFIRMED" });
    await moveTo("-10 minutes -1 second");
    expect((await noShow()).status).toBe(200);
    expect(await stateOf(visit.booking.id)).toMatchObject(kept);
    await expectInvariants();
  });

  test("is refused while the patient waits with the join link open", async () => {
    await moveTo("-11 minutes");
    expect((await api.get(path, visit.patient)).body).toMatchObject({
      joinUrl: expect.any(String),
    });
    await expectRefused(noShow(), 409, "PATIENT_WAITING");
    expect((await api.post(`${path}/start`, {}, visit.doctor)).status).toBe(200);
  });

  test("is allowed two minutes after the patient was last seen, if that was within the grace time", async () => {
    await moveTo("-10 minutes -5 seconds");
    await setLastSeen(visit.booking.id, "1 minute 50 seconds");
    await expectRefused(noShow(), 409, "PATIENT_WAITING");
    await setLastSeen(visit.booking.id, "2 minutes 5 seconds");
    expect((await noShow()).status).toBe(200);
    await expectInvariants();
  });

  test("is refused if the patient waited for the whole grace time; the patient can cancel for a full refund", async () => {
    await moveTo("-25 minutes");
    await setLastSeen(visit.booking.id, "14 minutes");
    await expectRefused(noShow(), 409, "PATIENT_WAITING");
    expect(
      (await api.post(`/bookings/${visit.booking.id}/cancel`, {}, visit.patient)).body,
    ).toMatchObject({ refund: { amount: visit.booking.price } });
  });

  test("is refused 45 minutes after the start, as is starting the visit, because the fee is refunded then", async () => {
    await moveTo("-44 minutes -50 seconds");
    expect((await api.post(`${path}/start`, {}, visit.doctor)).status).toBe(200);

    visit = await makeConfirmed();
    path = `/bookings/${visit.booking.id}/consultation`;
    await moveTo("-45 minutes -1 second");
    await expectRefused(noShow(), 409, "VISIT_OVER");
    await expectRefused(api.post(`${path}/start`, {}, visit.doctor), 409, "VISIT_OVER");
    await refundMissed();
    expect(await stateOf(visit.booking.id)).toMatchObject({
      booking: "CANCELLED",
      payment: "REFUND_PENDING",
    });
  });
});

describe("the time at which a patient was last seen", () => {
  const api = useHost(HOSTS[0]);
  const visit = async (startsIn: string) => {
    const made = await makeConfirmed();
    await moveVisit(made.booking.id, startsIn);
    const read = (who: { token: string }) =>
      api.get(`/bookings/${made.booking.id}/consultation`, who);
    return { ...made, read, id: made.booking.id };
  };

  test("is set when the patient reads the consultation once the room is open, never by the doctor", async () => {
    const early = await visit("11 minutes");
    await early.read(early.patient);
    expect(await seenAt(early.id)).toBeNull();
    const open = await visit("9 minutes");
    await open.read(open.doctor);
    expect(await seenAt(open.id)).toBeNull();
    await open.read(open.patient);
    expect(await seenAt(open.id)).not.toBeNull();
  });

  test("is written at most every 30 seconds", async () => {
    const { read, patient, id } = await visit("-1 minute");
    await setLastSeen(id, "20 seconds");
    const before = await seenAt(id);
    await read(patient);
    expect(await seenAt(id)).toEqual(before);
    await setLastSeen(id, "31 seconds");
    await read(patient);
    expect((await seenAt(id))?.getTime()).toBeGreaterThan(before?.getTime() ?? 0);
  });
});

test("a booking keeps the grace time that the policy had when the slot was held", async () => {
  const grace = async (bookingId: string) =>
    (
      await sql<{ minutes: number }>(
        "SELECT no_show_grace_minutes AS minutes FROM bookings WHERE id = $1",
        [bookingId],
      )
    )[0]?.minutes;
  const hold = async () => holdAs(await makePatient(), (await makeSlot(await makeDoctor())).id);
  const before = await hold();
  await sql(
    `INSERT INTO cancellation_policies (version, tiers, no_show_grace_minutes)
     SELECT version + 1, tiers, 20 FROM cancellation_policies ORDER BY version DESC LIMIT 1`,
  );
  const after = await hold();
  expect([await grace(before.id), await grace(after.id)]).toEqual([10, 20]);
});

test.each([
  ["before the grace time ends", "-9 minutes", null],
  ["while the patient waits", "-25 minutes", "1 minute"],
])("the database refuses to mark a patient as absent %s", async (_when, startsIn, seen) => {
  const { booking } = await makeConfirmed();
  await moveVisit(booking.id, startsIn);
  if (seen) await setLastSeen(booking.id, seen);
  const mark = sql("UPDATE bookings SET status = 'NO_SHOW' WHERE id = $1", [booking.id]);
  await expect(mark).rejects.toThrow("is not absent");
});
