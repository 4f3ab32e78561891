import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { db } from "@/server/platform/db";
import { stateOf } from "../support/bookings";
import { letHoldRunOut, rowCounts, sql } from "../support/database";
import { FEE, inHours, makeDoctor, makePatient, makeSlot, makeSlots } from "../support/factories";
import { type Answer, errorOf, HOSTS, labelOf, useHost } from "../support/http";
import { expectInvariants } from "../support/invariants";
import { expectRefused } from "../support/refusals";

type HeldBody = { id: string; payment: { id: string; checkoutUrl: string } };
const idOf = (answer: Answer) => (answer.body as HeldBody).id;

describe.each(HOSTS)("holding a slot, %s", (host) => {
  const api = useHost(host);
  const hold = (slotId: string, who: { token: string }, key?: string) =>
    api.post("/bookings", { slotId }, who, { key });

  test("returns the slot, the price, the end of the hold and the checkout address", async () => {
    const doctor = await makeDoctor({ feeAmount: 64_900 });
    const slot = await makeSlot(doctor);
    const before = Date.now();
    const answer = await hold(slot.id, await makePatient());
    expect(answer.status).toBe(200);
    const price = { amount: 64_900, currency: "INR" };
    const { payment, holdExpiresAt } = answer.body as HeldBody & { holdExpiresAt: string };
    expect(answer.body).toMatchObject({
      status: "PENDING",
      doctorId: doctor.doctorId,
      slotId: slot.id,
      startsAt: slot.startsAt.toISOString(),
      endsAt: slot.endsAt.toISOString(),
      price,
      payment: { status: "PENDING", amount: price, provider: "sandbox" },
    });
    expect(new URL(payment.checkoutUrl).pathname).toBe(`/checkout/sandbox/${payment.id}`);
    const [row] = await sql<{ minutes: number }>(
      "SELECT extract(epoch FROM hold_expires_at - created_at)::int / 60 AS minutes FROM bookings WHERE id = $1",
      [idOf(answer)],
    );
    expect(row?.minutes).toBe(10);
    expect(Date.parse(holdExpiresAt)).toBeGreaterThan(before);
    await expectInvariants();
  });

  test("expires another hold of the slot that has run out", async () => {
    const slot = await makeSlot(await makeDoctor());
    const late = idOf(await hold(slot.id, await makePatient()));
    await letHoldRunOut(late);

    const next = await hold(slot.id, await makePatient());

    expect(labelOf(next)).toBe("200");
    expect(await stateOf(late)).toMatchObject({ booking: "EXPIRED" });
    expect(await stateOf(idOf(next))).toMatchObject({ booking: "PENDING", slot: "HELD" });
    await expectInvariants();
  });

  test("does not count the patient's holds that have run out, even if they overlap", async () => {
    const doctor = await makeDoctor();
    const [first, second, third] = await makeSlots(doctor, 3);
    const patient = await makePatient();
    const old = [await hold(first?.id ?? "", patient), await hold(second?.id ?? "", patient)];
    await expectRefused(hold(third?.id ?? "", patient), 409, "TOO_MANY_HOLDS");
    for (const answer of old) await letHoldRunOut(idOf(answer));

    expect(labelOf(await hold(third?.id ?? "", patient))).toBe("200");
    const sameHour = await makeSlot(await makeDoctor(), first?.startsAt);
    expect(labelOf(await hold(sameHour.id, patient))).toBe("200");
    for (const answer of old)
      expect(await stateOf(idOf(answer))).toMatchObject({ booking: "EXPIRED" });
    await expectInvariants();
  });

  test("is refused while another hold of the slot is active", async () => {
    const slot = await makeSlot(await makeDoctor());
    const held = idOf(await hold(slot.id, await makePatient()));
    await expectRefused(hold(slot.id, await makePatient()), 409, "SLOT_TAKEN");
    expect(await stateOf(held)).toMatchObject({ booking: "PENDING", slot: "HELD" });
  });

  test("offers the three nearest free times if the slot is taken", async () => {
    const doctor = await makeDoctor();
    const at = (hours: number) => makeSlot(doctor, inHours(hours));
    const [wanted, far, near, nearest, before] = [
      await at(48),
      await at(72),
      await at(50),
      await at(47),
      await at(44),
    ];
    await hold(wanted.id, await makePatient());
    await hold((await makeSlot(doctor, inHours(49))).id, await makePatient());

    const refused = errorOf(await hold(wanted.id, await makePatient()));

    expect(refused.data.alternatives).toEqual(
      [nearest, near, before].map(({ id, startsAt, endsAt }) => ({
        id,
        doctorId: doctor.doctorId,
        startsAt: startsAt.toISOString(),
        endsAt: endsAt.toISOString(),
        status: "AVAILABLE",
      })),
    );
    expect(far.id).toBeTruthy();
  });

  test("is refused if the slot has started, is withdrawn or unknown, or its doctor is not listed", async () => {
    const doctor = await makeDoctor();
    const patient = await makePatient();
    const before = await rowCounts();
    const past = await makeSlot(doctor, new Date(Date.now() - 60_000));
    await expectRefused(hold(past.id, patient), 409, "SLOT_IN_PAST");

    const gone = await makeSlot(doctor);
    await api.write("DELETE", `/doctor/slots/${gone.id}`, undefined, doctor);
    await expectRefused(hold(gone.id, patient), 409, "SLOT_WITHDRAWN");
    await expectRefused(hold(randomUUID(), patient), 404, "NOT_FOUND");
    for (const status of ["PENDING", "REJECTED"] as const) {
      const hidden = await makeSlot(await makeDoctor({ status }));
      await expectRefused(hold(hidden.id, patient), 404, "NOT_FOUND");
    }
    const { bookings, payments } = before;
    expect(await rowCounts()).toMatchObject({ bookings, payments });
  });

  test("replays the first refusal for the same key, even if the slot is free again", async () => {
    const slot = await makeSlot(await makeDoctor());
    const held = idOf(await hold(slot.id, await makePatient()));
    const patient = await makePatient();
    const key = randomUUID();
    const first = await hold(slot.id, patient, key);
    await letHoldRunOut(held);

    const again = await hold(slot.id, patient, key);

    expect(labelOf(first)).toBe("409 SLOT_TAKEN");
    expect(again.status).toBe(409);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const { requestId: _one, ...data } = errorOf(first).data;
    expect(errorOf(again).data).toMatchObject(data);
    expect(labelOf(await hold(slot.id, patient))).toBe("200");
  });

  test("does not store an input error: the same key works with the corrected body", async () => {
    const slot = await makeSlot(await makeDoctor());
    const patient = await makePatient();
    const key = randomUUID();
    await expectRefused(hold("nonsense", patient, key), 400, "INVALID_INPUT");
    expect(labelOf(await hold(slot.id, patient, key))).toBe("200");
  });

  test("blocks its withdrawal; a free slot is withdrawn only by its doctor", async () => {
    const doctor = await makeDoctor();
    const [free, taken] = await makeSlots(doctor, 2);
    const withdraw = (slotId: string, who: { token: string }) =>
      api.write("DELETE", `/doctor/slots/${slotId}`, undefined, who);
    await hold(taken?.id ?? "", await makePatient());
    await expectRefused(withdraw(free?.id ?? "", await makeDoctor()), 404, "NOT_FOUND");
    await expectRefused(withdraw(taken?.id ?? "", doctor), 409, "SLOT_NOT_FREE");
    expect((await withdraw(free?.id ?? "", doctor)).body).toEqual({ ok: true });
    await expectRefused(withdraw(free?.id ?? "", doctor), 404, "NOT_FOUND");
    await expectInvariants();
  });

  test("fixes the price at the time of the hold", async () => {
    const doctor = await makeDoctor();
    const slot = await makeSlot(doctor);
    const patient = await makePatient();
    const held = idOf(await hold(slot.id, patient));
    await db.doctor.update({ where: { id: doctor.doctorId }, data: { feeAmount: FEE * 2 } });
    const seen = await api.get(`/bookings/${held}`, patient);
    expect(seen.body).toMatchObject({
      price: { amount: FEE },
      payment: { amount: { amount: FEE } },
    });
  });
});
