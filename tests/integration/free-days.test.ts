import { expect, test } from "vitest";
import { db } from "@/server/platform/db";
import { callerAs } from "../support/caller";
import { makeDoctor, makePatient, makeSlot } from "../support/factories";

const api = callerAs(null);

test("freeDays counts the free slots of each calendar day in the viewer's zone", async () => {
  const doctor = await makeDoctor();
  // 18:45 UTC is a quarter past midnight in Kolkata.
  for (const at of ["T10:00Z", "T18:45Z", "T19:30Z"]) {
    await makeSlot(doctor, new Date(`2099-03-10${at.replace("Z", ":00Z")}`));
  }
  const days = { doctorId: doctor.doctorId, from: "2099-03-01", to: "2099-03-31" };
  expect(await api.availability.freeDays({ ...days, timezone: "UTC" })).toEqual([
    { date: "2099-03-10", free: 3 },
  ]);
  expect(await api.availability.freeDays({ ...days, timezone: "Asia/Kolkata" })).toEqual([
    { date: "2099-03-10", free: 1 },
    { date: "2099-03-11", free: 2 },
  ]);
});

test("freeDays counts all slots of a day of 25 hours", async () => {
  const doctor = await makeDoctor();
  // Both slots are on the day on which the clocks go back in New York.
  await makeSlot(doctor, new Date("2027-11-07T04:00:00Z"));
  await makeSlot(doctor, new Date("2027-11-08T04:30:00Z"));
  const days = { doctorId: doctor.doctorId, from: "2027-11-07", to: "2027-11-07" };
  expect(await api.availability.freeDays({ ...days, timezone: "America/New_York" })).toEqual([
    { date: "2027-11-07", free: 2 },
  ]);
});

test("freeDays leaves out slots that cannot be booked, and days outside the range", async () => {
  const doctor = await makeDoctor();
  const day = (date: string) => new Date(`${date}T09:00:00Z`);
  const held = await makeSlot(doctor, day("2099-03-02"));
  await callerAs(await makePatient()).bookings.hold({ slotId: held.id });
  const withdrawn = await makeSlot(doctor, day("2099-03-03"));
  await db.availabilitySlot.update({
    where: { id: withdrawn.id },
    data: { withdrawnAt: new Date() },
  });
  await makeSlot(doctor, day("2099-03-01"));
  await makeSlot(doctor, day("2099-03-05"));
  const days = { doctorId: doctor.doctorId, from: "2099-03-02", to: "2099-03-04" };
  expect(await api.availability.freeDays({ ...days, timezone: "UTC" })).toEqual([]);
});

test.each([
  ["more than six weeks", "2099-03-01", "2099-04-12"],
  ["an end before the beginning", "2099-03-02", "2099-03-01"],
])("freeDays refuses %s", async (_what, from, to) => {
  const { doctorId } = await makeDoctor();
  const answer = api.availability.freeDays({ doctorId, from, to, timezone: "UTC" });
  await expect(answer).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("freeDays answers NOT_FOUND for a doctor who is not listed", async () => {
  const { doctorId } = await makeDoctor({ status: "PENDING" });
  const range = { from: "2099-03-01", to: "2099-03-31", timezone: "UTC" };
  const answer = api.availability.freeDays({ doctorId, ...range });
  await expect(answer).rejects.toMatchObject({ code: "NOT_FOUND" });
});
