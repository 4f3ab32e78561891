import { beforeAll, describe, expect, test } from "vitest";
import { holdAs, makeConfirmed, makeHold } from "../support/bookings";
import { sql } from "../support/database";
import {
  FEE,
  inHours,
  makeAdmin,
  makeDoctor,
  makePatient,
  makeSlot,
  makeSlots,
  type Person,
} from "../support/factories";
import { type Answer, HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

type Item = { id: string; status: string };
const itemsOf = (answer: Answer) => (answer.body as { items: Item[] }).items;
const idsOf = (items: Item[]) => items.map(({ id }) => id);

describe.each(HOSTS)("reading, %s", (host) => {
  const api = useHost(host);

  test("slots lists free and held slots, from now on, for two weeks or the given range", async () => {
    const doctor = await makeDoctor();
    const slots = await makeSlots(doctor, 4, inHours(24));
    await makeSlot(doctor, new Date(Date.now() - 3_600_000));
    const far = await makeSlot(doctor, inHours(24 * 20));
    await holdAs(await makePatient(), slots[1]?.id ?? "");
    await sql("UPDATE availability_slots SET withdrawn_at = now() WHERE id = $1", [slots[3]?.id]);
    const path = `/doctors/${doctor.doctorId}/slots?`;

    expect((await api.walk<Item>(path, 2)).map(({ id, status }) => [id, status])).toEqual([
      [slots[0]?.id, "AVAILABLE"],
      [slots[1]?.id, "HELD"],
      [slots[2]?.id, "AVAILABLE"],
    ]);
    const range = `from=${slots[2]?.startsAt.toISOString()}&to=${inHours(24 * 30).toISOString()}&`;
    expect(idsOf(await api.walk<Item>(path + range, 1))).toEqual([slots[2]?.id, far.id]);
    const none = await api.get(`/doctors/${(await makeDoctor()).doctorId}/slots`);
    expect(none.body).toEqual({ items: [], nextCursor: null });
  });

  describe("bookings", () => {
    let made: Awaited<ReturnType<typeof makeConfirmed>>;
    let other: Awaited<ReturnType<typeof makeHold>>;
    let admin: Person;
    beforeAll(async () => {
      made = await makeConfirmed();
      other = await makeHold();
      admin = await makeAdmin();
    });

    test("are visible to their patient, their doctor and admins, and NOT_FOUND for everybody else", async () => {
      const { booking, patient, doctor } = made;
      const path = `/bookings/${booking.id}`;
      for (const who of [patient, doctor, admin]) {
        expect((await api.get(path, who)).body).toMatchObject({
          id: booking.id,
          status: "CONFIRMED",
        });
      }
      for (const who of [other.patient, other.doctor]) {
        await expectRefused(api.get(path, who), 404, "NOT_FOUND");
      }
      expect(idsOf(itemsOf(await api.get("/bookings", patient)))).toEqual([booking.id]);
      expect(idsOf(itemsOf(await api.get("/bookings", doctor)))).toEqual([booking.id]);
      const all = idsOf(await api.walk<Item>("/bookings?", 50, admin));
      expect(all).toEqual(expect.arrayContaining([booking.id, other.booking.id]));
    });

    test("show, once confirmed, the payment and the consultation, and no checkout", async () => {
      const { body } = await api.get(`/bookings/${made.booking.id}`, made.patient);
      expect(body).toMatchObject({
        payment: { status: "SUCCEEDED", amount: { amount: FEE }, checkoutUrl: null },
        consultation: { status: "SCHEDULED" },
        refund: null,
        holdExpiresAt: null,
      });
    });

    test("of a doctor name the patient and the age, earliest first, filtered by status and time", async () => {
      const doctor = await makeDoctor();
      const [late, early] = [
        await makeSlot(doctor, inHours(60)),
        await makeSlot(doctor, inHours(40)),
      ];
      const patient = await makePatient("Kavya Rao");
      await api.write("PATCH", "/me", { dateOfBirth: "1990-06-15", gender: "female" }, patient);
      const second = await holdAs(patient, late.id);
      const first = await holdAs(await makePatient(), early.id);

      const day = await api.get("/doctor/bookings", doctor);
      expect(idsOf(itemsOf(day))).toEqual([first.id, second.id]);
      expect(idsOf(await api.walk<Item>("/doctor/bookings?", 1, doctor))).toEqual([
        first.id,
        second.id,
      ]);
      expect(itemsOf(day)[1]).toMatchObject({
        patient: { id: patient.id, name: "Kavya Rao", age: expect.any(Number), gender: "female" },
      });
      const filtered = async (query: string) =>
        idsOf(itemsOf(await api.get(`/doctor/bookings?${query}`, doctor)));
      expect(await filtered("status=CONFIRMED")).toEqual([]);
      expect(await filtered("status=PENDING")).toEqual([first.id, second.id]);
      expect(await filtered(`from=${inHours(50).toISOString()}`)).toEqual([second.id]);
      expect(await filtered(`to=${inHours(50).toISOString()}`)).toEqual([first.id]);
    });

    test("of a patient are listed latest first, page by page", async () => {
      const doctor = await makeDoctor();
      const patient = await makePatient();
      const [early, late] = [
        await makeSlot(doctor, inHours(30)),
        await makeSlot(doctor, inHours(90)),
      ];
      const first = await holdAs(patient, early.id);
      const second = await holdAs(patient, late.id);
      expect(idsOf(await api.walk<Item>("/bookings?", 1, patient))).toEqual([second.id, first.id]);
    });
  });

  test("the admin's summary counts bookings, money and people, and names nobody", async () => {
    const admin = await makeAdmin();
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString();
    const range = `from=${day(-1)}&to=${day(1)}`;
    type Summary = {
      patients: number;
      bookings: { total: number; byStatus: Record<string, number> };
      revenue: { net: { amount: number } };
      byDay: Array<{ bookings: number }>;
    };
    const read = async () =>
      (await api.get(`/admin/analytics/summary?${range}`, admin)).body as Summary;
    const before = await read();
    const { patient } = await makeConfirmed();
    await makeHold();

    const after = await read();
    expect(after.patients - before.patients).toBe(2);
    expect(after.bookings.total - before.bookings.total).toBe(2);
    const confirmed = ({ bookings }: Summary) => bookings.byStatus.CONFIRMED ?? 0;
    expect(confirmed(after) - confirmed(before)).toBe(1);
    expect(after.revenue.net.amount - before.revenue.net.amount).toBe(FEE);
    const total = after.byDay.reduce((sum, { bookings }) => sum + bookings, 0);
    expect(total).toBe(after.bookings.total);
    expect(JSON.stringify(after)).not.toContain(patient.name);
    expect(JSON.stringify(after)).not.toContain(patient.id);
  });
});
