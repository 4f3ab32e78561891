import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { rowCounts, sql } from "../support/database";
import {
  inHours,
  makeDoctor,
  makePatient,
  makePatients,
  makeSlot,
  makeSlots,
} from "../support/factories";
import { type Answer, errorOf, HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { race, raceOf, tally, valuesOf } from "../support/race";

type HeldBody = { id: string; slotId: string; status: string };
const held = (answer: Answer) => answer.body as HeldBody;

/** Checks that the booking of each answer with status 200 is in the database. */
async function expectStored(answers: Answer[]) {
  const ids = answers.filter(({ status }) => status === 200).map((answer) => held(answer).id);
  const rows = await sql("SELECT id FROM bookings WHERE id = ANY($1)", [ids]);
  expect(rows).toHaveLength(new Set(ids).size);
}

describe.each(HOSTS)("concurrent bookings, %s", { timeout: 180_000 }, (host) => {
  const api = useHost(host);
  const hold = (slotId: string, who: { token: string }, key?: string) =>
    api.post("/bookings", { slotId, reason: "A cough since Monday" }, who, { key });

  test("200 patients hold one slot: one succeeds, 199 get SLOT_TAKEN with alternatives", async () => {
    const doctor = await makeDoctor();
    const [slot, ...others] = await makeSlots(doctor, 4);
    const patients = await makePatients(200);

    const answers = valuesOf(
      await race(patients.map((patient) => () => hold(slot?.id ?? "", patient))),
    );

    expect(tally(answers, labelOf)).toEqual({ "200": 1, "409 SLOT_TAKEN": 199 });
    const free = new Set(others.map(({ id }) => id));
    for (const answer of answers.filter(({ status }) => status === 409)) {
      const { alternatives } = errorOf(answer).data as { alternatives?: Array<{ id: string }> };
      expect(new Set(alternatives?.map(({ id }) => id))).toEqual(free);
    }
    const bookings = await sql<{ status: string }>(
      "SELECT status FROM bookings WHERE slot_id = $1",
      [slot?.id],
    );
    expect(bookings).toEqual([{ status: "PENDING" }]);
    await expectStored(answers);
    await expectInvariants();
  });

  test("50 patients hold 50 slots of one doctor: all succeed", async () => {
    const slots = await makeSlots(await makeDoctor(), 50);
    const patients = await makePatients(50);

    const answers = valuesOf(
      await raceOf(50, (n) => hold(slots[n]?.id ?? "", patients[n] ?? { token: "" })),
    );

    expect(tally(answers, labelOf)).toEqual({ "200": 50 });
    expect(answers.map((answer) => held(answer).slotId)).toEqual(slots.map(({ id }) => id));
    await expectStored(answers);
    await expectInvariants();
  });

  test("one idempotency key is sent 50 times: one booking is made, and its answer is replayed", async () => {
    const slot = await makeSlot(await makeDoctor());
    const patient = await makePatient();
    const key = randomUUID();

    const answers = valuesOf(await raceOf(50, () => hold(slot.id, patient, key)));

    expect(tally(answers, labelOf)).toEqual({ "200": 50 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const replayed = (answer: Answer) => answer.headers.get("idempotent-replayed") ?? "first";
    expect(tally(answers, replayed)).toEqual({ first: 1, true: 49 });
    const bookings = await sql("SELECT id FROM bookings WHERE patient_id = $1", [patient.id]);
    expect(bookings).toHaveLength(1);
    await expectInvariants();
  });

  test("one patient holds ten slots: exactly two succeed", async () => {
    const slots = await makeSlots(await makeDoctor(), 10);
    const patient = await makePatient();

    const answers = valuesOf(await race(slots.map((slot) => () => hold(slot.id, patient))));

    expect(tally(answers, labelOf)).toEqual({ "200": 2, "409 TOO_MANY_HOLDS": 8 });
    const claimed = await sql(
      "SELECT id FROM availability_slots WHERE id = ANY($1) AND status = 'HELD'",
      [slots.map(({ id }) => id)],
    );
    expect(claimed).toHaveLength(2);
    await expectInvariants();
  });

  test("one patient holds overlapping slots of two doctors: one succeeds", async () => {
    const at = inHours(30);
    const first = await makeSlot(await makeDoctor(), at, 30);
    const second = await makeSlot(await makeDoctor(), new Date(at.getTime() + 15 * 60_000), 30);
    const patient = await makePatient();

    const answers = valuesOf(
      await race([() => hold(first.id, patient), () => hold(second.id, patient)]),
    );

    expect(tally(answers, labelOf)).toEqual({ "200": 1, "409 PATIENT_OVERLAP": 1 });
    await expectInvariants();
  });

  test("a doctor opens ten overlapping slots: one succeeds", async () => {
    const doctor = await makeDoctor();
    const open = (minutes: number) => {
      const startsAt = new Date(inHours(48).getTime() + minutes * 60_000);
      const endsAt = new Date(startsAt.getTime() + 30 * 60_000);
      return api.post("/doctor/slots", { startsAt, endsAt }, doctor);
    };

    const answers = valuesOf(await raceOf(10, (n) => open(n)));

    expect(tally(answers, labelOf)).toEqual({ "200": 1, "409 SLOT_OVERLAP": 9 });
    await expectInvariants();
  });

  test("a refused booking writes only its stored answer", async () => {
    const slot = await makeSlot(await makeDoctor());
    await hold(slot.id, await makePatient());
    const late = await makePatient();
    const before = await rowCounts();

    const answer = await hold(slot.id, late);

    expect(labelOf(answer)).toBe("409 SLOT_TAKEN");
    const { idempotency_keys: keys = 0 } = before;
    expect(await rowCounts()).toEqual({ ...before, idempotency_keys: keys + 1 });
  });
});
