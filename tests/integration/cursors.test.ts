import { beforeAll, describe, expect, test } from "vitest";
import { makeConfirmed } from "../support/bookings";
import {
  type DoctorPerson,
  inHours,
  makeAdmin,
  makeDoctor,
  makeSlots,
  type Person,
} from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

describe.each(HOSTS)("a cursor, %s", (host) => {
  const api = useHost(host);
  let patient: Person;
  let doctor: DoctorPerson;
  let admin: Person;
  beforeAll(async () => {
    ({ patient, doctor } = await makeConfirmed());
    admin = await makeAdmin();
    for (let n = 0; n < 3; n++) await makeDoctor();
    await makeSlots(doctor, 3, inHours(30));
  });

  const firstCursor = async (path: string, who?: { token: string }) => {
    const answer = await api.get(`${path}${path.includes("?") ? "&" : "?"}limit=1`, who);
    const { nextCursor } = answer.body as { nextCursor: string | null };
    expect(nextCursor, path).not.toBeNull();
    return nextCursor;
  };

  const ORDERS = ["nextAvailable", "fee", "name", "experience"];
  const pairs = ORDERS.flatMap((from) => ORDERS.map((to) => [from, to] as const));
  test.each(pairs)(
    "of doctors by %s works for doctors by %s only if both orders are equal",
    async (from, to) => {
      const cursor = await firstCursor(`/doctors?sort=${from}`);
      const next = api.get(`/doctors?sort=${to}&limit=1&cursor=${cursor}`);
      if (from === to) expect((await next).status).toBe(200);
      else await expectRefused(next, 400, "INVALID_INPUT");
    },
  );

  test("is refused with other filters", async () => {
    const cursor = await firstCursor("/doctors?specialization=Cardiology");
    const next = (query: string) => api.get(`/doctors?${query}cursor=${cursor}`);
    expect((await next("specialization=Cardiology&limit=3&")).status).toBe(200);
    await expectRefused(next(""), 400, "INVALID_INPUT");
    await expectRefused(next("specialization=Dermatology&"), 400, "INVALID_INPUT");
  });

  test("is refused by another list with similar keys", async () => {
    const slots = await firstCursor(`/doctors/${doctor.doctorId}/slots`);
    const people = await firstCursor("/admin/users", admin);
    const elsewhere: Array<[string, string | null, Person | undefined]> = [
      ["/bookings?", slots, patient],
      ["/doctor/bookings?", slots, doctor],
      ["/payments?", slots, patient],
      ["/me/sessions?", slots, patient],
      ["/doctors?", slots, undefined],
      ["/admin/audit?", slots, admin],
      ["/admin/doctors?", people, admin],
      ["/admin/jobs?", people, admin],
      ["/admin/analytics/utilization?from=2026-01-01&to=2026-02-01&", people, admin],
    ];
    for (const [path, cursor, who] of elsewhere) {
      await expectRefused(api.get(`${path}cursor=${cursor}`, who), 400, "INVALID_INPUT");
    }
  });
});
