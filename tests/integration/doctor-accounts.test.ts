import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { rollHorizon } from "@/server/availability/commands/roll";
import { db } from "@/server/platform/db";
import { callerAs } from "../support/caller";
import { sql, waitingForLocks, withConnection } from "../support/database";
import {
  type DoctorPerson,
  makeAdmin,
  makeDoctor,
  makePatient,
  makeSlot,
} from "../support/factories";
import { Api } from "../support/http";
import { until } from "../support/jobs";
import { expectError } from "../support/refusals";
import { routeHandlers } from "../support/routes";

const api = new Api(routeHandlers);
const ZONE = "Asia/Kolkata";

/** Makes a doctor with hours and one free slot, and a function by which an admin changes the account. */
async function makeListed() {
  const doctor = await makeDoctor({ name: `Dr. Listed ${Math.random()}` });
  const slot = await makeSlot(doctor);
  const { dayOfWeek: weekday } = Temporal.Now.zonedDateTimeISO(ZONE).add({ days: 3 });
  const rules = [{ weekday, start: "09:00", end: "11:00", slotMinutes: 30 }];
  await callerAs(doctor).availability.set({ timezone: ZONE, rules, horizonDays: 8 });
  const admin = await makeAdmin();
  const change = async (what: "suspend" | "reactivate" | "role", body: object) =>
    expect((await api.post(`/admin/users/${doctor.id}/${what}`, body, admin)).status).toBe(200);
  return { doctor, slot, change };
}

/** Deletes the doctor's slots that came from hours, rolls the horizon, and returns the number of new slots. */
async function slotsFromRolling({ doctorId }: DoctorPerson): Promise<number> {
  await sql("DELETE FROM availability_slots WHERE doctor_id = $1 AND from_rules", [doctorId]);
  await sql("UPDATE availability_rules SET open_until = now() WHERE doctor_id = $1", [doctorId]);
  return (await rollHorizon()).slotsCreated;
}

/** Returns whether a search by name finds the doctor, and whether the list of all doctors contains them. */
async function listed({ doctorId, name }: DoctorPerson): Promise<boolean[]> {
  const paths = [`/doctors?q=${encodeURIComponent(name)}`, "/doctors?limit=1"];
  const answers = await Promise.all(paths.map((path) => api.get(path)));
  return answers.map(({ text }) => text.includes(doctorId));
}

async function expectNotBookable({ doctor, slot }: Awaited<ReturnType<typeof makeListed>>) {
  expect(await listed(doctor)).toEqual([false, false]);
  expectError(await api.get(`/doctors/${doctor.doctorId}`), 404, "NOT_FOUND");
  expectError(await api.get(`/doctors/${doctor.doctorId}/slots`), 404, "NOT_FOUND");
  const patient = await makePatient();
  expectError(await api.post("/bookings", { slotId: slot.id }, patient), 404, "NOT_FOUND");
  expect(await slotsFromRolling(doctor)).toBe(0);
}

async function expectBookable({ doctor, slot }: Awaited<ReturnType<typeof makeListed>>) {
  expect(await slotsFromRolling(doctor)).toBeGreaterThan(0);
  expect((await listed(doctor))[0]).toBe(true);
  expect((await api.get(`/doctors/${doctor.doctorId}`)).status).toBe(200);
  const held = await api.post("/bookings", { slotId: slot.id }, await makePatient());
  expect(held.status).toBe(200);
}

test("a suspended doctor is not listed and cannot be booked, until the account is reactivated", async () => {
  const made = await makeListed();
  await made.change("suspend", { reason: "complaints" });
  await expectNotBookable(made);
  await made.change("reactivate", {});
  await expectBookable(made);
});

test("a doctor who gets another role cannot be booked, until the role is doctor again", async () => {
  const made = await makeListed();
  await made.change("role", { role: "patient" });
  await expectNotBookable(made);
  await made.change("role", { role: "doctor" });
  await expectBookable(made);
});

test("an approved applicant is listed, unless the account was suspended meanwhile", async () => {
  const outcome = async (suspended: boolean) => {
    const { id } = await makePatient();
    const { doctorId, id: donor } = await makeDoctor({ status: "PENDING" });
    // After an application, the doctor's row belongs to an account that still has the role patient.
    await sql("UPDATE doctors SET user_id = $1 WHERE user_id = $2", [id, donor]);
    const admin = await makeAdmin();
    if (suspended) await api.post(`/admin/users/${id}/suspend`, { reason: "spam" }, admin);
    expect((await api.post(`/admin/doctors/${doctorId}/approve`, {}, admin)).status).toBe(200);
    return (await api.get(`/doctors/${doctorId}`)).status;
  };
  expect([await outcome(false), await outcome(true)]).toEqual([200, 404]);
});

test("the database keeps account_active false while the account is suspended", async () => {
  const { id, doctorId } = await makeDoctor();
  await sql("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [id]);
  const rows = await sql(
    "UPDATE doctors SET account_active = true WHERE id = $1 RETURNING account_active",
    [doctorId],
  );
  expect(rows).toEqual([{ account_active: false }]);
});

test("inserting a doctor waits for an uncommitted suspension of the account, and sees it", async () => {
  const { id, doctorId } = await makeDoctor();
  const [row] = await sql("DELETE FROM doctors WHERE id = $1 RETURNING *", [doctorId]);
  await withConnection(async (admin) => {
    await admin.query("BEGIN");
    await admin.query("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [id]);
    try {
      const written = db.$executeRaw`
        INSERT INTO doctors SELECT * FROM json_populate_record(NULL::doctors, ${JSON.stringify(row)}::json)`;
      // Prisma sends the statement only when `then` is called.
      const count = written.then((inserted) => inserted);
      await until("waiting", async () => (await waitingForLocks()) > 0);
      await admin.query("COMMIT");
      expect(await count).toBe(1);
    } finally {
      await admin.query("ROLLBACK");
    }
  });
  const after = await sql("SELECT account_active FROM doctors WHERE id = $1", [doctorId]);
  expect(after).toEqual([{ account_active: false }]);
});
