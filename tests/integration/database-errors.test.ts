import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@/server/platform/db";
import { fromDatabase, sqlState } from "@/server/platform/errors";
import type { Tx } from "@/server/platform/transaction";
import { makeConfirmed, makeHold } from "../support/bookings";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot, type Person } from "../support/factories";
import { failureOf, reasonOf } from "../support/failures";

const codeOf = (error: unknown) => (error as { code?: string }).code;

describe("a serialization conflict", () => {
  let person: Person;
  beforeAll(async () => {
    person = await makePatient();
  });

  /** Fixes the transaction's snapshot, then changes the row that the transaction will change. */
  async function changeMeanwhile(tx: Tx) {
    await tx.user.count();
    await sql("UPDATE users SET name = name || '!' WHERE id = $1", [person.id]);
  }

  test("in a model call is P2034", async () => {
    const error = await failureOf(async (tx) => {
      await changeMeanwhile(tx);
      await tx.user.update({ where: { id: person.id }, data: { name: "Mine" } });
    });
    expect(codeOf(error)).toBe("P2034");
    expect(sqlState(error)).toBe("40001");
    expect(fromDatabase(error)).toBe(error);
  });

  test("in raw SQL is P2010", async () => {
    const error = await failureOf(async (tx) => {
      await changeMeanwhile(tx);
      await tx.$executeRaw`UPDATE users SET name = 'Mine' WHERE id = ${person.id}::uuid`;
    });
    expect(codeOf(error)).toBe("P2010");
    expect(sqlState(error)).toBe("40001");
  });

  test("at COMMIT is the adapter's own error, without a code", async () => {
    const add = async (tx: Tx) => {
      const n = await tx.outboxEvent.count({ where: { name: "skew" } });
      await tx.outboxEvent.create({ data: { name: "skew", data: { n } } });
    };
    const error = await failureOf(async (tx) => {
      await add(tx);
      // Each transaction has read what the other one has written, so one of them must fail.
      await db.$transaction(add, { isolationLevel: "Serializable" });
    });
    expect(codeOf(error)).toBeUndefined();
    expect(sqlState(error)).toBe("40001");
  });

  test("caused by a deadlock of a model call and raw SQL is 40P01 or 40001", async () => {
    const [one, other] = [await makePatient(), await makePatient()];
    const lock = (tx: Tx, id: string) =>
      tx.$executeRaw`UPDATE users SET name = name || '?' WHERE id = ${id}::uuid`;
    let arrived = 0;
    const waitForBoth = async () => {
      arrived += 1;
      while (arrived < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const settled = await Promise.allSettled([
      db.$transaction(async (tx) => {
        await lock(tx, one.id);
        await waitForBoth();
        await lock(tx, other.id);
      }),
      db.$transaction(async (tx) => {
        await lock(tx, other.id);
        await waitForBoth();
        await tx.user.update({ where: { id: one.id }, data: { name: "Mine" } });
      }),
    ]);
    const errors = settled.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    expect(errors).toHaveLength(1);
    expect(["40P01", "40001"]).toContain(sqlState(errors[0]));
  });
});

describe("a violated constraint", () => {
  /** Inserts a copy of a booking with some values changed, so that it violates a constraint. */
  const copyOf = (bookingId: string, changes: Record<string, string>) => (tx: Tx) => {
    const columns = ["slot_id", "doctor_id", "patient_id", "starts_at", "ends_at", "hold_number"];
    const values = columns.map((column) => changes[column] ?? column);
    return tx.$executeRawUnsafe(
      `INSERT INTO bookings (${columns.join()}, price_amount, currency, hold_expires_at, cancellation_policy)
       SELECT ${values.join()}, price_amount, currency, hold_expires_at, cancellation_policy
         FROM bookings WHERE id = '${bookingId}'`,
    );
  };
  const quoted = (text: string) => `'${text}'`;

  test("is SLOT_OVERLAP for overlapping slots of a doctor, in a model call", async () => {
    const doctor = await makeDoctor();
    await makeSlot(doctor, inHours(30));
    const error: unknown = await makeSlot(doctor, inHours(30)).catch((reason: unknown) => reason);
    expect(reasonOf(error)).toBe("SLOT_OVERLAP");
  });

  test("is SLOT_TIMES_INVALID for a slot that is too long", async () => {
    const slot = makeSlot(await makeDoctor(), inHours(30), 241);
    const error: unknown = await slot.catch((reason: unknown) => reason);
    expect(reasonOf(error)).toBe("SLOT_TIMES_INVALID");
  });

  test("is SLOT_TAKEN for a second booking of a slot", async () => {
    const { booking } = await makeHold();
    const patient = await makePatient();
    // Doctor and time of another slot, so that the exclusion constraints do not refuse the copy.
    const elsewhere = await makeSlot(await makeDoctor(), inHours(90));
    const changes = {
      patient_id: quoted(patient.id),
      doctor_id: quoted(elsewhere.doctorId),
      starts_at: quoted(elsewhere.startsAt.toISOString()),
      ends_at: quoted(elsewhere.endsAt.toISOString()),
    };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("SLOT_TAKEN");
  });

  test("is SLOT_TAKEN for a second booking of a doctor's time", async () => {
    const { booking } = await makeHold();
    const patient = await makePatient();
    const elsewhere = await makeSlot(await makeDoctor());
    const changes = { patient_id: quoted(patient.id), slot_id: quoted(elsewhere.id) };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("SLOT_TAKEN");
  });

  test("is PATIENT_OVERLAP for a second booking of a patient's time", async () => {
    const { booking } = await makeHold();
    const slot = await makeSlot(await makeDoctor());
    const changes = {
      slot_id: quoted(slot.id),
      doctor_id: quoted(slot.doctorId),
      hold_number: "2",
    };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("PATIENT_OVERLAP");
  });

  test("is TOO_MANY_HOLDS for a second hold with the same number", async () => {
    const { booking } = await makeHold();
    const slot = await makeSlot(await makeDoctor(), inHours(90));
    const changes = {
      slot_id: quoted(slot.id),
      doctor_id: quoted(slot.doctorId),
      starts_at: quoted(slot.startsAt.toISOString()),
      ends_at: quoted(slot.endsAt.toISOString()),
    };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("TOO_MANY_HOLDS");
  });

  test("is ILLEGAL_TRANSITION for a status change that is not allowed", async () => {
    const { booking } = await makeConfirmed();
    const { id } = booking;
    const error = await failureOf((tx) =>
      tx.booking.update({ where: { id }, data: { status: "PENDING", holdNumber: 1 } }),
    );
    expect(reasonOf(error)).toBe("ILLEGAL_TRANSITION");
  });

  test("stays an unexpected error if no caller can cause it", async () => {
    const { id } = await makePatient();
    const error = await failureOf((tx) => tx.profile.create({ data: { userId: id } }));
    expect(fromDatabase(error)).toBe(error);
  });
});
