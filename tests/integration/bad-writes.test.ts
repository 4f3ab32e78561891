import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { rowCounts } from "../support/database";
import {
  type DoctorPerson,
  inHours,
  makeDoctor,
  makePatient,
  makeSlot,
  type Person,
  type TestSlot,
} from "../support/factories";
import { HOSTS, useHost } from "../support/http";
import { expectError, expectRefused } from "../support/refusals";

describe.each(HOSTS)("invalid writes, %s", (host) => {
  const api = useHost(host);
  let patient: Person;
  let doctor: DoctorPerson;
  let slot: TestSlot;
  beforeAll(async () => {
    patient = await makePatient();
    doctor = await makeDoctor();
    slot = await makeSlot(doctor);
  });

  test.each<[string, unknown]>([
    ["no slot", {}],
    ["a slot that is null", { slotId: null }],
    ["a slot that is a number", { slotId: 7 }],
    ["a slot that is an object", { slotId: { id: "x" } }],
    ["a slot that is a list", { slotId: [] }],
    ["a slot that is not a UUID", { slotId: "'; DROP TABLE bookings; --" }],
    ["a reason that is a number", { reason: 5 }],
    ["a reason that is too long", { reason: "x".repeat(1001) }],
    ["a reason with a NUL", { reason: "a\0b" }],
    ["a reason with a lone surrogate", { reason: "a\ud800b" }],
  ])("POST /bookings with %s answers 400", async (_what, body) => {
    const before = await rowCounts();
    const whole = { slotId: slot.id, ...(body as object) };
    const sent = _what === "no slot" ? body : whole;
    await expectRefused(api.post("/bookings", sent, patient), 400, "INVALID_INPUT");
    expect(await rowCounts()).toEqual(before);
  });

  test.each<[string, string]>([
    ["broken JSON", '{"slotId": "'],
    ["a list", "[]"],
    ["a string", '"slot"'],
    ["a number", "1e999"],
    ["null", "null"],
    ["nothing", ""],
    ["bytes that are not UTF-8", "\xff\xfe{}"],
  ])("POST /bookings with %s as the body answers 400", async (_what, body) => {
    const before = await rowCounts();
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${patient.token}`,
      "idempotency-key": randomUUID(),
    };
    const bytes = Uint8Array.from(Buffer.from(body, "latin1"));
    const call = api.send("/api/v1/bookings", { method: "POST", headers, body: bytes });
    await expectRefused(call, 400, "INVALID_INPUT");
    expect(await rowCounts()).toEqual(before);
  });

  test("a body of 2 MB answers 413, and nothing is written", async () => {
    const before = await rowCounts();
    const body = { slotId: slot.id, reason: "x".repeat(2_000_000) };
    await expectRefused(api.post("/bookings", body, patient), 413, "PAYLOAD_TOO_LARGE");
    const trpc = await api.send("/api/trpc/bookings.hold", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${patient.token}` },
      body: JSON.stringify(body),
    });
    expectError(trpc, 413, "PAYLOAD_TOO_LARGE");
    expect(await rowCounts()).toEqual(before);
  });

  test.each<[string, string | null]>([
    ["missing", null],
    ["empty", ""],
    ["256 characters long", "k".repeat(256)],
    ["not ASCII", "clé"],
  ])("an idempotency key that is %s answers 400", async (_what, key) => {
    const before = await rowCounts();
    await expectRefused(
      api.post("/bookings", { slotId: slot.id }, patient, { key }),
      400,
      "IDEMPOTENCY_KEY_REQUIRED",
    );
    await expectRefused(
      api.write("PATCH", "/me", { name: "New" }, patient, { key }),
      400,
      "IDEMPOTENCY_KEY_REQUIRED",
    );
    expect(await rowCounts()).toEqual(before);
  });

  test("an idempotency key with another body answers 422", async () => {
    const key = randomUUID();
    const change = (name: string) => api.write("PATCH", "/me", { name }, patient, { key });
    expect((await change("One")).status).toBe(200);
    const before = await rowCounts();
    await expectRefused(change("Two"), 422, "IDEMPOTENCY_MISMATCH");
    expect(await rowCounts()).toEqual(before);
  });

  test.each<[string, object]>([
    ["no address", { email: undefined }],
    ["an invalid address", { email: "nobody" }],
    ["an address with a NUL", { email: "a\0@example.test" }],
    ["an address that is too long", { email: `${"a".repeat(250)}@example.test` }],
    ["a short password", { password: "elevenchars" }],
    ["a password that is a number", { password: 123456789012 }],
    ["a password that is too long", { password: "x".repeat(201) }],
    ["an empty name", { name: "  " }],
    ["a name with a NUL", { name: "A\0" }],
    ["a name that is an object", { name: {} }],
    ["a name of two lines", { name: "Asha\nYour code is 000000" }],
    ["a name with a link", { name: "Win at https://evil.example/x" }],
    ["an unknown time zone", { timezone: "Mars/Olympus" }],
  ])("POST /auth/register with %s answers 400", async (_what, changed) => {
    const before = await rowCounts();
    const whole = { email: "new@example.test", password: "a long enough one", name: "New" };
    const body = { ...whole, ...changed };
    await expectRefused(api.post("/auth/register", body), 400, "INVALID_INPUT");
    expect(await rowCounts()).toEqual(before);
  });

  test.each<[string, object]>([
    ["a phone of letters", { phone: "call me" }],
    ["a phone without digits", { phone: "(------)" }],
    ["a phone of too many digits", { phone: "+1234567890123456" }],
    ["a date of birth in the future", { dateOfBirth: "2190-01-01" }],
    ["a date of birth that does not exist", { dateOfBirth: "2001-02-30" }],
    ["a date of birth before 1900", { dateOfBirth: "1899-12-31" }],
    ["a date of birth with the day first", { dateOfBirth: "31/12/1984" }],
    ["a date of birth without leading zeros", { dateOfBirth: "1984-3-9" }],
    ["a date of birth with a time", { dateOfBirth: "1984-03-09T00:00:00Z" }],
    ["an unknown gender", { gender: "x" }],
    ["a name that is null", { name: null }],
    ["a name that is too long", { name: "x".repeat(101) }],
    ["a name with a link", { name: "evil.com" }],
    ["a time zone with a NUL", { timezone: "UTC\0" }],
  ])("PATCH /me with %s answers 400", async (_what, body) => {
    const before = await rowCounts();
    await expectRefused(api.write("PATCH", "/me", body, patient), 400, "INVALID_INPUT");
    expect(await rowCounts()).toEqual(before);
  });

  test("a slot in the past or with an invalid length answers 400", async () => {
    const before = await rowCounts();
    const minute = 60_000;
    const at = inHours(200).getTime();
    const open = (startsAt: number, endsAt: number) =>
      api.post("/doctor/slots", { startsAt: new Date(startsAt), endsAt: new Date(endsAt) }, doctor);
    const past = Date.now() - minute;
    await expectRefused(open(past, past + 30 * minute), 400, "SLOT_TIMES_INVALID");
    await expectRefused(open(at, at), 400, "SLOT_TIMES_INVALID");
    await expectRefused(open(at, at - 30 * minute), 400, "SLOT_TIMES_INVALID");
    await expectRefused(open(at, at + 4 * minute), 400, "SLOT_TIMES_INVALID");
    await expectRefused(open(at, at + 241 * minute), 400, "SLOT_TIMES_INVALID");
    const words = api.post("/doctor/slots", { startsAt: "soon", endsAt: "later" }, doctor);
    await expectRefused(words, 400, "INVALID_INPUT");
    expect(await rowCounts()).toEqual(before);
  });
});
