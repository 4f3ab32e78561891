import { describe, expect, test } from "vitest";
import { sql } from "../support/database";
import { makeAdmin, makeDoctor, makePatient, makeSlot } from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

describe("consents", () => {
  const api = useHost("node server");
  const path = "/me/consents";

  test("are listed for their owner only, until they are withdrawn", async () => {
    const [person, other] = [await makePatient(), await makePatient()];
    const none = { items: [], nextCursor: null };
    expect((await api.get(path, person)).body).toEqual(none);

    const given = await api.post(path, { purpose: "consultation" }, person);
    expect(given.status).toBe(200);
    // A second call returns the existing consent.
    const again = await api.post(path, { purpose: "consultation" }, person);
    expect(again.body).toEqual(given.body);
    const listOfGiven = { items: [given.body], nextCursor: null };
    expect((await api.get(path, person)).body).toEqual(listOfGiven);
    expect((await api.get(path, other)).body).toEqual(none);

    const withdraw = () => api.write("DELETE", `${path}/consultation`, {}, person);
    expect((await withdraw()).status).toBe(200);
    expect((await api.get(path, person)).body).toEqual(none);
    await expectRefused(withdraw(), 404, "NOT_FOUND");
  });
});

describe.each(HOSTS)("the reason of a booking, %s", (host) => {
  const api = useHost(host);
  const consents = "/me/consents";
  type Seen = { id: string; reason: string | null; reasonWithheld: boolean };

  test("is readable for the doctor only while the patient's consent is in force", async () => {
    const [doctor, patient, admin] = [await makeDoctor(), await makePatient(), await makeAdmin()];
    const slot = await makeSlot(doctor);
    const reason = "Waking up at four";
    const held = await api.post("/bookings", { slotId: slot.id, reason }, patient);
    expect(held.status).toBe(200);
    const { id } = held.body as { id: string };
    const readBy = async (who: { token: string }) => {
      const { body } = await api.get(`/bookings/${id}`, who);
      return pick(body as Seen);
    };
    const listed = async (path: string, who: { token: string }) => {
      const { body } = await api.get(path, who);
      return (body as { items: Seen[] }).items.map(pick);
    };
    const pick = ({ reason, reasonWithheld }: Seen) => ({ reason, reasonWithheld });
    const reads = async () => {
      const rows = await sql(
        "SELECT FROM audit_logs WHERE action = 'clinical.read' AND actor_id = $1",
        [doctor.id],
      );
      return rows.length;
    };
    const withheld = { reason: null, reasonWithheld: true };
    const shown = { reason, reasonWithheld: false };

    // A hold without consent is accepted. The patient sees that the doctor cannot read the reason.
    expect(await readBy(patient)).toEqual({ reason, reasonWithheld: true });
    expect(await readBy(doctor)).toEqual(withheld);
    expect(await listed("/doctor/bookings", doctor)).toEqual([withheld]);
    expect(await reads()).toBe(0);

    await api.post(consents, { purpose: "consultation" }, patient);
    expect(await readBy(patient)).toEqual(shown);
    expect(await readBy(doctor)).toEqual(shown);
    expect(await listed("/doctor/bookings", doctor)).toEqual([shown]);
    expect(await reads()).toBe(2);

    await api.write("DELETE", `${consents}/consultation`, {}, patient);
    expect(await readBy(doctor)).toEqual(withheld);
    expect(await listed("/doctor/bookings", doctor)).toEqual([withheld]);
    expect(await listed("/bookings", patient)).toEqual([{ reason, reasonWithheld: true }]);
    expect((await readBy(admin)).reason).toBeNull();
    expect(await reads()).toBe(2);
  });

  test("is not reported as withheld if the patient gave none", async () => {
    const [doctor, patient] = [await makeDoctor(), await makePatient()];
    const slot = await makeSlot(doctor);
    const held = await api.post("/bookings", { slotId: slot.id }, patient);
    const { id } = held.body as { id: string };
    const { body } = await api.get(`/bookings/${id}`, doctor);
    expect(body).toMatchObject({ reason: null, reasonWithheld: false });
  });
});
