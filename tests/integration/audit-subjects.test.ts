import { expect, test } from "vitest";
import { sentenceOf } from "@/app/admin/audit/_components/sentences";
import { makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { makeAdmin, makePatient } from "../support/factories";
import { deliver, gatewayEvent } from "../support/gateway";

test("the audit log names the person whom an entry is about", async () => {
  const { booking, patient, doctor, payment } = await makeConfirmed();
  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  await deliver(gatewayEvent("refund.succeeded", payment));
  const admin = callerAs(await makeAdmin());
  const visit = {
    personName: patient.name,
    doctorName: doctor.name,
    bookingId: booking.id,
    startsAt: booking.startsAt,
  };
  for (const entityId of [booking.id, payment.id]) {
    const { items } = await admin.audit.list({ entityId });
    expect(items.length).toBeGreaterThan(1);
    for (const { subject } of items) expect(subject).toEqual(visit);
  }
  const { items: refunded } = await admin.audit.list({ action: "payment.refunded" });
  expect(refunded.map(sentenceOf)).toEqual([`Refunded ₹500 to ${patient.name}`]);
  const { items: signedIn } = await admin.audit.list({
    actorId: patient.id,
    action: "session.started",
  });
  expect(signedIn.map(({ subject }) => subject?.personName)).toEqual([patient.name]);
});

test("the audit log names nobody if an entry is about no person", async () => {
  const patient = callerAs(await makePatient());
  await expect(patient.audit.list({})).rejects.toMatchObject({ code: "FORBIDDEN" });
  const admin = callerAs(await makeAdmin());
  const { items } = await admin.audit.list({ action: "access.denied" });
  expect(items.map(({ subject }) => subject)).toEqual([null]);
});
