import { describe, expect, test } from "vitest";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { auditOf, waitingChange } from "../support/doctor-changes";
import { type DoctorPerson, makeAdmin, makeDoctor } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { mailsTo } from "../support/mails";
import { reasonsOf, tally } from "../support/race";
import { expectError } from "../support/refusals";

describe.each(HOSTS)("a change of approved details, %s", (host) => {
  const api = useHost(host);
  const patch = (doctor: { token: string }, body: object) =>
    api.write("PATCH", "/doctor/profile", body, doctor);
  const publicPage = async ({ doctorId }: DoctorPerson) =>
    (await api.get(`/doctors/${doctorId}`)).body as Record<string, unknown>;

  test("shows the doctor why an admin rejected a change, and keeps the old values", async () => {
    const doctor = await makeDoctor({ name: "Dr. Stays" });
    await patch(doctor, { name: "Dr. Unknown" });
    const admin = await makeAdmin();
    const id = await waitingChange(doctor);
    const reason = "The register has another name.";
    expectError(
      await api.post(`/admin/doctors/changes/${id}/reject`, {}, admin),
      400,
      "INVALID_INPUT",
    );
    const rejected = await api.post(`/admin/doctors/changes/${id}/reject`, { reason }, admin);
    expect(rejected.body).toMatchObject({ status: "REJECTED", reason });
    expect((await api.get("/doctor/profile", doctor)).body).toMatchObject({
      name: "Dr. Stays",
      pending: null,
      decision: { status: "REJECTED", reason, change: { name: "Dr. Unknown" } },
    });
    expect(await publicPage(doctor)).toMatchObject({ name: "Dr. Stays" });
    // A decision is final.
    for (const verb of ["approve", "reject"]) {
      const again = await api.post(`/admin/doctors/changes/${id}/${verb}`, { reason }, admin);
      expectError(again, 409, "ILLEGAL_TRANSITION");
    }
    await expectInvariants();
  });

  test("merges a second change into the waiting change, and removes fields that equal the public value", async () => {
    const doctor = await makeDoctor({ name: "Dr. Public" });
    await patch(doctor, { name: "Dr. First" });
    const first = await waitingChange(doctor);
    const both = await patch(doctor, { council: "Goa Medical Council" });
    expect(both.body).toMatchObject({
      pending: { name: "Dr. First", council: "Goa Medical Council" },
    });
    // The admin read the first change, but another change waits now.
    const stale = await api.post(`/admin/doctors/changes/${first}/approve`, {}, await makeAdmin());
    expectError(stale, 409, "ILLEGAL_TRANSITION");
    const one = await patch(doctor, { name: "Dr. Public" });
    expect(Object.keys((one.body as { pending: object }).pending).sort()).toEqual([
      "council",
      "requestedAt",
    ]);
    const none = await patch(doctor, { council: "Karnataka Medical Council" });
    expect(none.body).toMatchObject({ name: "Dr. Public", pending: null, decision: null });
    expect((await auditOf(doctor)).map(({ action }) => action)).toEqual([
      "doctor.change_requested",
      "doctor.change_requested",
      "doctor.change_withdrawn",
      "doctor.change_requested",
      "doctor.change_withdrawn",
      "doctor.change_withdrawn",
    ]);
  });

  test("refuses to approve a registration that ended while the change waited", async () => {
    const doctor = await makeDoctor();
    await patch(doctor, { registrationExpiresOn: "2190-01-31" });
    const id = await waitingChange(doctor);
    await sql(
      `UPDATE doctor_changes SET after = '{"registrationExpiresOn": "2020-01-01"}' WHERE id = $1`,
      [id],
    );
    const path = `/admin/doctors/changes/${id}/approve`;
    expectError(await api.post(path, {}, await makeAdmin()), 409, "REGISTRATION_LAPSED");
  });
});

test("the doctor gets one mail for each decision, without the values", async () => {
  const doctor = await makeDoctor();
  const admin = callerAs(await makeAdmin());
  for (const decide of ["approve", "reject"] as const) {
    await callerAs(doctor).doctors.updateProfile({ name: `Dr. New ${decide}` });
    const changeId = await waitingChange(doctor);
    if (decide === "approve") await admin.doctors.approveChange({ changeId });
    else await admin.doctors.rejectChange({ changeId, reason: "Not in the register." });
  }
  const mails = await mailsTo(doctor.email);
  expect(mails.map(({ subject }) => subject)).toEqual([
    "The change of your profile was not approved",
    "The change of your profile is approved",
  ]);
  for (const { text } of mails) {
    expect(text).toContain("/doctor/profile");
    expect(text).not.toContain("register.");
  }
});

describe("the database of profile changes", () => {
  test("allows one waiting change per doctor, and refuses to alter a decided change", async () => {
    const doctor = await makeDoctor();
    await callerAs(doctor).doctors.updateProfile({ name: "Dr. One" });
    const changeId = await waitingChange(doctor);
    const insert = `INSERT INTO doctor_changes (doctor_id, before, after)
      SELECT doctor_id, before, after FROM doctor_changes WHERE id = $1`;
    await expect(sql(insert, [changeId])).rejects.toThrow("doctor_changes_one_pending");
    await callerAs(await makeAdmin()).doctors.approveChange({ changeId });
    for (const change of ["status = 'PENDING', decided_at = NULL", `after = '{"name": "x"}'`]) {
      const update = `UPDATE doctor_changes SET ${change} WHERE id = $1`;
      await expect(sql(update, [changeId])).rejects.toThrow("is decided");
    }
  });
});

describe("concurrent calls about a profile", () => {
  test("save one of several changes of the same version, and refuse the others", async () => {
    const doctor = await makeDoctor();
    const change = (n: number) => () =>
      callerAs(doctor).doctors.updateProfile({ bio: `Device ${n}`, version: 0 });
    const reasons = await reasonsOf([0, 1, 2, 3, 4, 5].map(change));
    expect(tally(reasons, String)).toEqual({ done: 1, STALE_VERSION: 5 });
    const [row] = await sql("SELECT profile_version FROM doctors WHERE id = $1", [doctor.doctorId]);
    expect(row).toEqual({ profile_version: 1 });
  });

  test("let either an approval or a rejection decide, never both", async () => {
    const doctor = await makeDoctor({ name: "Dr. Old" });
    const [one, other] = [await makeAdmin(), await makeAdmin()];
    for (let round = 0; round < 8; round++) {
      await callerAs(doctor).doctors.updateProfile({ name: `Dr. Round ${round}` });
      const changeId = await waitingChange(doctor);
      const reasons = await reasonsOf([
        () => callerAs(one).doctors.approveChange({ changeId }),
        () => callerAs(other).doctors.rejectChange({ changeId, reason: "No." }),
      ]);
      expect(reasons.sort()).toEqual(["ILLEGAL_TRANSITION", "done"]);
      await expectInvariants();
    }
  });

  test("never approve a new change of the doctor that the admin has not read", async () => {
    const doctor = await makeDoctor({ name: "Dr. Old" });
    const admin = await makeAdmin();
    for (let round = 0; round < 8; round++) {
      const [read, unread] = [`Dr. Read ${round}`, `Dr. Unread ${round}`];
      await callerAs(doctor).doctors.updateProfile({ name: read });
      const changeId = await waitingChange(doctor);
      const [approval] = await reasonsOf([
        () => callerAs(admin).doctors.approveChange({ changeId }),
        () => callerAs(doctor).doctors.updateProfile({ name: unread }),
      ]);
      expect(["done", "ILLEGAL_TRANSITION"]).toContain(approval);
      const { name, pending } = await callerAs(doctor).doctors.profile();
      expect(name === read).toBe(approval === "done");
      expect(pending).toMatchObject({ name: unread });
      await expectInvariants();
    }
  });
});
