import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { listSlotsInput } from "@/server/availability/schema";
import { listBookingsInput } from "@/server/bookings/schema";
import { type ListDoctors, listDoctorsInput } from "@/server/doctors/schema";
import { listOf } from "@/server/platform/page";
import {
  type DoctorPerson,
  makeAdmin,
  makeDoctor,
  makePatient,
  type Person,
} from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectRefused } from "../support/refusals";

const encoded = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString("base64url");

/** Makes a cursor for the list of doctors in the given order. The sort key may be invalid. */
function cursor(key: unknown[], sort: ListDoctors["sort"] = "nextAvailable"): string {
  return encoded([listOf("doctors", listDoctorsInput.parse({ sort })).tag, ...key]);
}

describe.each(HOSTS)("invalid queries, %s", (host) => {
  const api = useHost(host);
  let patient: Person;
  let doctor: DoctorPerson;
  let admin: Person;
  beforeAll(async () => {
    patient = await makePatient();
    doctor = await makeDoctor();
    admin = await makeAdmin();
  });

  test.each<[string, string]>([
    ["a limit of 0", "limit=0"],
    ["a limit of 101", "limit=101"],
    ["a limit that is a word", "limit=many"],
    ["a limit with a fraction", "limit=1.5"],
    ["a limit that is too large for a number", "limit=1e400"],
    ["an empty limit", "limit="],
    ["a negative fee", "maxFee=-1"],
    ["a fee above a 32-bit integer", "maxFee=99999999999"],
    ["an unknown order", "sort=random"],
    ["an unknown gender", "gender=x"],
    ["a word for a date", "availableBefore=yesterday"],
    ["the 31st of February", "availableBefore=2026-02-31T00:00:00Z"],
    ["a zone offset of 24 hours", "availableBefore=2026-02-01T00:00:00%2B24:00"],
    ["the year 9999", "availableBefore=9999-02-01T00:00:00Z"],
    ["a search with a NUL", "q=a%00b"],
    ["a search that is too long", `q=${"x".repeat(101)}`],
    ["a specialization with a NUL", "specialization=%00"],
    ["a cursor that is not base64", "cursor=%25%25"],
    ["a cursor that is too long", `cursor=${"x".repeat(501)}`],
    ["a cursor that contains an object", `cursor=${encoded({ id: 1 })}`],
    ["a cursor without an id", `cursor=${cursor([null])}`],
    [
      "a cursor for fees whose key has no fee",
      `sort=fee&cursor=${cursor([null, randomUUID()], "fee")}`,
    ],
    ["a cursor with SQL", `cursor=${cursor(["2026-01-01T00:00:00Z", "'; DROP TABLE doctors"])}`],
    [
      "a cursor with a day that does not exist",
      `cursor=${cursor(["2026-02-31T00:00:00.000Z", randomUUID()])}`,
    ],
    ["a cursor with the year 0", `cursor=${cursor(["0000-01-01T00:00:00.000Z", randomUUID()])}`],
    [
      "a cursor with a number above a 32-bit integer",
      `sort=fee&cursor=${cursor([2 ** 40, randomUUID()], "fee")}`,
    ],
    [
      "a cursor with the lowest 32-bit integer, whose negation overflows",
      `sort=experience&cursor=${cursor([-(2 ** 31), randomUUID()], "experience")}`,
    ],
    ["a cursor with a NUL", `sort=name&cursor=${cursor(["\0", randomUUID()], "name")}`],
  ])("GET /doctors with %s answers 400", async (_what, query) => {
    await expectRefused(api.get(`/doctors?${query}`), 400, "INVALID_INPUT");
  });

  test.each<[string, string, string]>([
    ["/doctors/{id}", "an id that is not a UUID", "/doctors/nobody"],
    ["/doctors/{id}", "an id that is not a valid percent-encoding", "/doctors/%E0%A4%A"],
    ["/doctors/{id}/slots", "an id that is not a UUID", "/doctors/1/slots"],
  ])("GET %s with %s answers 400", async (_endpoint, _what, path) => {
    await expectRefused(api.get(path), 400, "INVALID_INPUT");
  });

  test("GET /doctors/{id}/slots with an invalid time or cursor answers 400", async () => {
    const { doctorId } = doctor;
    const slots = `/doctors/${doctorId}/slots`;
    const { tag } = listOf("slots", listSlotsInput.parse({ doctorId }));
    const slotCursor = (key: unknown[]) => encoded([tag, ...key]);
    for (const query of [
      "from=now",
      "to=2026-13-01T00:00:00Z",
      `cursor=${slotCursor(["2026-02-30T00:00:00Z", randomUUID()])}`,
      `cursor=${slotCursor([1, randomUUID()])}`,
    ]) {
      await expectRefused(api.get(`${slots}?${query}`), 400, "INVALID_INPUT");
    }
  });

  test("GET /doctors/{id}/slots answers 200 for a `from` that ISO 8601 allows and PostgreSQL cannot parse", async () => {
    for (const from of ["2026-01-01T00:00:00-20:00", `2026-01-01T00:00:00.${"1".repeat(300)}Z`]) {
      const answer = await api.get(`/doctors/${doctor.doctorId}/slots?from=${from}`);
      expect(answer.status).toBe(200);
    }
  });

  test("GET /bookings and GET /doctor/bookings with an invalid status, time, page size or cursor answer 400", async () => {
    for (const query of [
      "status=LOST",
      "from=1800-01-01T00:00:00Z",
      "limit=-1",
      ...["ASC", "DESC"].map((order) => {
        const { tag } = listOf(`bookings ${order}`, listBookingsInput.parse({}));
        return `cursor=${encoded([tag, "2026-02-30T00:00:00Z", randomUUID()])}`;
      }),
    ]) {
      await expectRefused(api.get(`/bookings?${query}`, patient), 400, "INVALID_INPUT");
      await expectRefused(api.get(`/doctor/bookings?${query}`, doctor), 400, "INVALID_INPUT");
    }
  });

  test("GET /admin/analytics/{report} with an invalid range answers 400", async () => {
    for (const range of [
      "",
      "from=2026-01-01",
      "from=2026-02-01&to=2026-01-01",
      "from=2026-01-01&to=2026-01-01",
      "from=2020-01-01&to=2026-01-01",
      "from=0000-01-01&to=0000-02-01",
      "from=9999-12-01&to=9999-12-31",
      "from=2026-02-30&to=2026-03-10",
    ]) {
      for (const report of ["summary", "utilization"]) {
        const call = api.get(`/admin/analytics/${report}?${range}`, admin);
        await expectRefused(call, 400, "INVALID_INPUT");
      }
    }
  });
});
