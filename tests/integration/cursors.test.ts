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

describe.each(HOSTS)("a cursor goes on in the list that gave it, %s", (host) => {
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

  const first = async (path: string, who?: { token: string }) => {
    const answer = await api.get(`${path}${path.includes("?") ? "&" : "?"}limit=1`, who);
    const { nextCursor } = answer.body as { nextCursor: string | null };
    expect(nextCursor, path).not.toBeNull();
    return nextCursor;
  };

  const ORDERS = ["nextAvailable", "fee", "name", "experience"];
  const pairs = ORDERS.flatMap((from) => ORDERS.map((to) => [from, to] as const));
  test.each(pairs)("a page of doctors by %s, the next one by %s", async (from, to) => {
    const cursor = await first(`/doctors?sort=${from}`);
    const next = api.get(`/doctors?sort=${to}&limit=1&cursor=${cursor}`);
    if (from === to) expect((await next).status).toBe(200);
    else await expectRefused(next, 400, "INVALID_INPUT");
  });

  test("under other filters it is refused", async () => {
    const cursor = await first("/doctors?specialization=Cardiology");
    const next = (query: string) => api.get(`/doctors?${query}cursor=${cursor}`);
    expect((await next("specialization=Cardiology&limit=3&")).status).toBe(200);
    await expectRefused(next(""), 400, "INVALID_INPUT");
    await expectRefused(next("specialization=Dermatology&"), 400, "INVALID_INPUT");
  });

  test("between lists whose keys look alike it is refused", async () => {
    const slots = await first(`/doctors/${doctor.doctorId}/slots`);
    const people = await first("/admin/users", admin);
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
