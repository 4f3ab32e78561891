import { describe, expect, test } from "vitest";
import { refundMissed } from "@/server/consultations/commands";
import { makeDevices, withFactor } from "../support/accounts";
import { makeConfirmed, moveVisit, payLongAgo, stateOf } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import {
  FEE,
  makeAdmin,
  makeDoctor,
  makePatient,
  makeSlot,
  type Person,
} from "../support/factories";
import { HOSTS, useHost } from "../support/http";

describe.each(HOSTS)("the patient's reason for the booking, %s", (host) => {
  const api = useHost(host);
  test("is not in the answer to a doctor or admin who cancels, nor in its stored copy", async () => {
    const reason = "Waking up at four";
    const cancelled = async (pick: (patient: Person, doctor: Person, admin: Person) => Person) => {
      const [doctor, patient, admin] = [await makeDoctor(), await makePatient(), await makeAdmin()];
      const slot = await makeSlot(doctor);
      await callerAs(patient).me.giveConsent({ purpose: "consultation" });
      const { id } = await callerAs(patient).bookings.hold({ slotId: slot.id, reason });
      const caller = pick(patient, doctor, admin);
      const cancel = () => api.post(`/bookings/${id}/cancel`, {}, caller, { key: "one" });
      const [first, again] = [await cancel(), await cancel()];
      expect([first.status, again.body]).toEqual([200, first.body]);
      return (first.body as { reason: string | null }).reason;
    };
    expect(await cancelled((patient) => patient)).toBe(reason);
    expect(await cancelled((_patient, doctor) => doctor)).toBeNull();
    expect(await cancelled((_patient, _doctor, admin) => admin)).toBeNull();
  });
});

test("cancelling a hold is refused if the hold was paid in the meantime", async () => {
  const { patient, booking } = await makeConfirmed();
  const cancel = callerAs(patient).bookings.cancel({
    bookingId: booking.id,
    expectedStatus: "PENDING",
  });
  await expect(cancel).rejects.toThrow("ILLEGAL_TRANSITION");
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", slot: "BOOKED" });
});

test("one hour before the start, the patient's cancellation refunds nothing, the clinic's everything", async () => {
  const refundOf = async (who: "patient" | "doctor" | "admin") => {
    const made = await makeConfirmed();
    await moveVisit(made.booking.id, "1 hour");
    await payLongAgo(made.booking.id);
    const { bookings } = callerAs(who === "admin" ? await makeAdmin() : made[who]);
    const bookingId = made.booking.id;
    // The preview shows the caller the refund before the cancellation.
    const expectedRefund = (await bookings.cancellation({ bookingId })).refund.amount;
    return (await bookings.cancel({ bookingId, expectedRefund })).refund;
  };
  const all = { amount: { amount: FEE, currency: "INR" }, status: "PENDING" };
  expect([await refundOf("patient"), await refundOf("doctor"), await refundOf("admin")]).toEqual([
    null,
    all,
    all,
  ]);
});

test("a visit that was started and never completed can be cancelled only by an admin, with a refund", async () => {
  const { doctor, patient, booking } = await makeConfirmed();
  const admin = callerAs(await makeAdmin());
  const bookingId = booking.id;
  await moveVisit(bookingId, "1 minute");
  await callerAs(doctor).consultations.start({ bookingId });
  const room = async () => (await callerAs(patient).consultations.get({ bookingId })).joinUrl;
  expect(await room()).not.toBeNull();
  expect(await admin.analytics.attention()).toMatchObject({ unfinishedConsultations: 0 });

  await moveVisit(bookingId, "-2 days");
  expect(await room()).toBeNull();
  await refundMissed();
  for (const person of [doctor, patient]) {
    await expect(callerAs(person).bookings.cancel({ bookingId })).rejects.toThrow(
      "ILLEGAL_TRANSITION",
    );
  }
  expect(await admin.analytics.attention()).toMatchObject({ unfinishedConsultations: 1 });

  await admin.bookings.cancel({ bookingId });
  expect(await stateOf(bookingId)).toMatchObject({
    booking: "CANCELLED",
    payment: "REFUND_PENDING",
    consultation: "CANCELLED",
    refund: `PENDING ${FEE}`,
  });
  expect(await admin.analytics.attention()).toMatchObject({ unfinishedConsultations: 0 });
});

test("an admin with a booking can be made a patient again, and then cancel it", async () => {
  const { patient, booking } = await makeConfirmed();
  await withFactor(patient);
  await sql("UPDATE users SET role = 'admin' WHERE id = $1", [patient.id]);
  await callerAs(await makeAdmin()).people.changeRole({ id: patient.id, role: "patient" });

  const { tokens } = await makeDevices(patient);
  await callerAs({ token: tokens.accessToken }).bookings.cancel({ bookingId: booking.id });
  expect(await stateOf(booking.id)).toMatchObject({ booking: "CANCELLED" });
});

test("a patient with a booking cannot be made a doctor or an admin", async () => {
  const { patient, booking } = await makeConfirmed();
  const admin = await makeAdmin();
  await sql(
    `INSERT INTO doctors (user_id, name, gender, registration_number, specializations, languages,
                          years_of_experience, fee_amount, council, registration_expires_on)
     VALUES ($1, 'Asha', 'female', 'KMC-77', '{Ayurveda}', '{English}', 3, 100, 'Council', '2035-01-01')`,
    [patient.id],
  );
  const [{ id: doctorId } = { id: "" }] = await sql<{ id: string }>(
    "SELECT id FROM doctors WHERE user_id = $1",
    [patient.id],
  );
  const approve = () => callerAs(admin).doctors.approve({ doctorId });
  await expect(approve()).rejects.toThrow("HAS_BOOKINGS");
  const toAdmin = () => callerAs(admin).people.changeRole({ id: patient.id, role: "admin" });
  await expect(toAdmin()).rejects.toThrow("HAS_BOOKINGS");

  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  await approve();
});
