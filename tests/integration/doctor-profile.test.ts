import { describe, expect, test } from "vitest";
import { sql } from "../support/database";
import { auditOf, waitingChange } from "../support/doctor-changes";
import { type DoctorPerson, FEE, makeAdmin, makeDoctor, makePatient } from "../support/factories";
import { HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { expectError } from "../support/refusals";

const inr = (amount: number) => ({ amount, currency: "INR" as const });

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
