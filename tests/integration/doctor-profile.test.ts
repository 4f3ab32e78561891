import { describe, expect, test } from "vitest";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { type DoctorPerson, FEE, makeAdmin, makeDoctor, makePatient } from "../support/factories";
import { HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { mailsTo } from "../support/mails";
import { reasonsOf, tally } from "../support/race";
import { expectError } from "../support/refusals";

const inr = (amount: number) => ({ amount, currency: "INR" as const });

/** Returns the audit entries about a doctor's profile, oldest first, and by action within a transaction. */
const auditOf = ({ doctorId }: DoctorPerson) =>
  sql<{ action: string; detail: unknown }>(
    `SELECT action, detail FROM audit_logs WHERE entity_type = 'doctor' AND entity_id = $1
      ORDER BY at, action`,
    [doctorId],
  );

describe.each(HOSTS)("GET and PATCH /doctor/profile, %s", (host) => {
  const api = useHost(host);
  const patch = (doctor: { token: string }, body: object, extra = {}) =>
    api.write("PATCH", "/doctor/profile", body, doctor, extra);
  const publicPage = async ({ doctorId }: DoctorPerson) =>
    (await api.get(`/doctors/${doctorId}`)).body as Record<string, unknown>;

  test("returns the public values, and null if no change waits", async () => {
    const doctor = await makeDoctor({ name: "Dr. Asha Rao" });
    const { body } = await api.get("/doctor/profile", doctor);
    expect(body).toMatchObject({
      id: doctor.doctorId,
      name: "Dr. Asha Rao",
      fee: inr(FEE),
      council: "Karnataka Medical Council",
      registrationExpiresOn: "2199-12-31",
      version: 0,
      pending: null,
      decision: null,
    });
  });

  test("shows new practice details to patients immediately, and finds them in search", async () => {
    const doctor = await makeDoctor();
    const practice = {
      bio: "Treats long coughs.",
      languages: ["Kannada", "Tulu"],
      specializations: [`Netra ${doctor.doctorId.slice(-8)}`],
      qualifications: ["BAMS", "MD (Ayurveda)"],
      fee: inr(75_000),
    };
    const answer = await patch(doctor, practice);
    expect(answer.body).toMatchObject({ ...practice, version: 1, pending: null });
    expect(await publicPage(doctor)).toMatchObject(practice);
    const [netra] = practice.specializations;
    for (const query of [`q=${netra}`, `specialization=${netra}`, `q=${netra}&language=Tulu`]) {
      const { text } = await api.get(`/doctors?${query}`);
      expect(text, query).toContain(doctor.doctorId);
    }
    expect((await api.get(`/doctors?q=${netra}&maxFee=74999`)).text).not.toContain(doctor.doctorId);
    expect(await auditOf(doctor)).toEqual([
      {
        action: "doctor.profile_updated",
        detail: { fields: ["bio", "fee", "languages", "qualifications", "specializations"] },
      },
    ]);
  });

  test("keeps the approved details public until an admin approves the new details", async () => {
    const doctor = await makeDoctor({ name: "Dr. Before" });
    const wanted = {
      name: "Dr. After",
      registrationNumber: `KMC ${doctor.doctorId}`,
      council: "Kerala Medical Council",
      registrationExpiresOn: "2190-01-31",
    };
    const answer = await patch(doctor, { ...wanted, bio: "At once." });
    expect(answer.body).toMatchObject({
      name: "Dr. Before",
      council: "Karnataka Medical Council",
      bio: "At once.",
      pending: { ...wanted, requestedAt: expect.any(String) },
    });
    const before = await publicPage(doctor);
    expect(before).toMatchObject({ name: "Dr. Before", bio: "At once." });
    expect(before.registrationNumber).not.toBe(wanted.registrationNumber);
    await expectInvariants();

    const admin = await makeAdmin();
    const { body } = await api.get("/admin/doctors/changes?status=PENDING&limit=100", admin);
    const { items } = body as { items: Array<{ id: string; doctorId: string }> };
    const change = items.find(({ doctorId }) => doctorId === doctor.doctorId);
    expect(change).toMatchObject({
      doctorName: "Dr. Before",
      email: doctor.email,
      status: "PENDING",
      before: { name: "Dr. Before", council: "Karnataka Medical Council" },
      after: wanted,
    });
    const approved = await api.post(`/admin/doctors/changes/${change?.id}/approve`, {}, admin);
    expect(approved.body).toMatchObject({ status: "APPROVED", doctorName: "Dr. After" });
    const { registrationNumber, name } = wanted;
    expect(await publicPage(doctor)).toMatchObject({ name, registrationNumber });
    expect((await api.get("/doctor/profile", doctor)).body).toMatchObject({
      ...wanted,
      version: 2,
      pending: null,
      decision: { status: "APPROVED", reason: null, change: wanted },
    });
    expect((await api.get("/doctors?q=dr+after&limit=100")).text).toContain(doctor.doctorId);
    const fields = ["council", "name", "registrationExpiresOn", "registrationNumber"];
    const detail = { change: change?.id, fields };
    expect(await auditOf(doctor)).toEqual([
      { action: "doctor.change_requested", detail },
      { action: "doctor.profile_updated", detail: { fields: ["bio"] } },
      { action: "doctor.change_approved", detail },
    ]);
    await expectInvariants();
  });

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

  test("writes nothing if nothing differs", async () => {
    const doctor = await makeDoctor({ name: "Dr. Same" });
    const read = (await api.get("/doctor/profile", doctor)).body as object;
    const same = await patch(doctor, { name: "Dr. Same", fee: inr(FEE), languages: ["English"] });
    expect(same.body).toEqual(read);
    expect((await patch(doctor, {})).body).toEqual(read);
    expect(await auditOf(doctor)).toEqual([]);
  });

  test("refuses a registration that has ended, and the registration number of another doctor", async () => {
    const [doctor, other] = [await makeDoctor(), await makeDoctor({ registrationNumber: host })];
    const past = await patch(doctor, { registrationExpiresOn: "2020-01-01" });
    expectError(past, 409, "REGISTRATION_LAPSED");
    const taken = await patch(doctor, { registrationNumber: host });
    expectError(taken, 409, "REGISTRATION_TAKEN");
    // A number that is taken while the change waits is refused at the approval.
    const number = `late ${host}`;
    await patch(doctor, { registrationNumber: number });
    await sql("UPDATE doctors SET registration_number = $2 WHERE id = $1", [
      other.doctorId,
      number,
    ]);
    const path = `/admin/doctors/changes/${await waitingChange(doctor)}/approve`;
    expectError(await api.post(path, {}, await makeAdmin()), 409, "REGISTRATION_TAKEN");
    expect((await api.get("/doctor/profile", doctor)).body).toMatchObject({
      pending: { registrationNumber: number },
    });
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

  test.each([
    ["no specialization", { specializations: [] }],
    ["no language", { languages: [] }],
    ["a fee of 0", { fee: inr(0) }],
    ["another currency", { fee: { amount: 100, currency: "USD" } }],
    ["a fee above the limit", { fee: inr(100_000_01) }],
    ["a name with a link", { name: "Dr. www.example.com" }],
    ["a name of two lines", { name: "Dr. A\nB" }],
    ["a date that does not exist", { registrationExpiresOn: "2190-02-31" }],
    ["a bio that is too long", { bio: "x".repeat(1001) }],
    ["null for the council", { council: null }],
  ])("refuses %s", async (_what, body) => {
    expectError(await patch(await makeDoctor(), body), 400, "INVALID_INPUT");
  });

  test("replays the answer for a repeated idempotency key, and refuses a different body under that key or a missing key", async () => {
    const doctor = await makeDoctor();
    const key = crypto.randomUUID();
    const first = await patch(doctor, { bio: "One" }, { key });
    await patch(doctor, { bio: "Two" });
    const again = await patch(doctor, { bio: "One" }, { key });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await publicPage(doctor)).toMatchObject({ bio: "Two" });
    expectError(await patch(doctor, { bio: "3" }, { key }), 422, "IDEMPOTENCY_MISMATCH");
    expectError(await patch(doctor, { bio: "3" }, { key: null }), 400, "IDEMPOTENCY_KEY_REQUIRED");
  });

  test("refuses a change that is based on an old or invalid version, and returns the stored profile", async () => {
    const doctor = await makeDoctor();
    expect((await patch(doctor, { bio: "One", version: 0 })).status).toBe(200);
    const stored = (await api.get("/doctor/profile", doctor)).body;
    for (const [body, headers] of [
      [{ bio: "Two", version: 0 }, {}],
      [{ bio: "Two" }, { "if-match": '"0"' }],
      [{ bio: "Two" }, { "if-match": "abc" }],
    ] as const) {
      const stale = await patch(doctor, body, { headers });
      expectError(stale, 409, "STALE_VERSION");
      expect((stale.body as { data: { current: unknown } }).data.current).toEqual(stored);
    }
    const fitting = await patch(doctor, { bio: "Two" }, { headers: { "if-match": '"1"' } });
    expect(fitting.body).toMatchObject({ bio: "Two", version: 2 });
  });

  test("is available only to doctors, and the list of all changes only to admins", async () => {
    const [doctor, patient, admin] = [await makeDoctor(), await makePatient(), await makeAdmin()];
    for (const who of [patient, admin]) {
      expect(labelOf(await api.get("/doctor/profile", who))).toBe("403 ROLE_REQUIRED");
      expect(labelOf(await patch(who, { bio: "x" }))).toBe("403 ROLE_REQUIRED");
    }
    await patch(doctor, { name: "Dr. Secret" });
    const id = await waitingChange(doctor);
    for (const who of [doctor, patient]) {
      expect(labelOf(await api.get("/admin/doctors/changes", who))).toBe("403 ROLE_REQUIRED");
      const approved = await api.post(`/admin/doctors/changes/${id}/approve`, {}, who);
      expect(labelOf(approved)).toBe("403 ROLE_REQUIRED");
    }
  });
});

/** Returns the id of the doctor's change that waits for an admin. */
async function waitingChange({ doctorId }: DoctorPerson): Promise<string> {
  const [row] = await sql<{ id: string }>(
    "SELECT id FROM doctor_changes WHERE doctor_id = $1 AND status = 'PENDING'",
    [doctorId],
  );
  return row?.id ?? "";
}

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
