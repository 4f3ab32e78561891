import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@/server/platform/db";
import { fromDatabase, sqlState } from "@/server/platform/errors";
import type { Tx } from "@/server/platform/transaction";
import { makeConfirmed, makeHold } from "../support/bookings";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatient, makeSlot, type Person } from "../support/factories";
import { failureOf, reasonOf } from "../support/failures";

const codeOf = (error: unknown) => (error as { code?: string }).code;

describe("a lost serialization race", () => {
  let person: Person;
  beforeAll(async () => {
    person = await makePatient();
  });

  /** Fixes the transaction's snapshot, then changes the row that it is about to change. */
  async function overtake(tx: Tx) {
    await tx.user.count();
    await sql("UPDATE users SET name = name || '!' WHERE id = $1", [person.id]);
  }

  test("in a model call is P2034", async () => {
    const error = await failureOf(async (tx) => {
      await overtake(tx);
      await tx.user.update({ where: { id: person.id }, data: { name: "Mine" } });
    });
    expect(codeOf(error)).toBe("P2034");
    expect(sqlState(error)).toBe("40001");
    expect(fromDatabase(error)).toBe(error);
  });

  test("in raw SQL is P2010", async () => {
    const error = await failureOf(async (tx) => {
      await overtake(tx);
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
      // Each has read what the other has written: one of them cannot have come first.
      await db.$transaction(add, { isolationLevel: "Serializable" });
    });
    expect(codeOf(error)).toBeUndefined();
    expect(sqlState(error)).toBe("40001");
  });

  test("a deadlock is 40P01, from a model call and from raw SQL", async () => {
    const [one, other] = [await makePatient(), await makePatient()];
    const lock = (tx: Tx, id: string) =>
      tx.$executeRaw`UPDATE users SET name = name || '?' WHERE id = ${id}::uuid`;
    let meet = 0;
    const both = async () => {
      meet += 1;
      while (meet < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const settled = await Promise.allSettled([
      db.$transaction(async (tx) => {
        await lock(tx, one.id);
        await both();
        await lock(tx, other.id);
      }),
      db.$transaction(async (tx) => {
        await lock(tx, other.id);
        await both();
        await tx.user.update({ where: { id: one.id }, data: { name: "Mine" } });
      }),
    ]);
    const errors = settled.flatMap((end) => (end.status === "rejected" ? [end.reason] : []));
    expect(errors).toHaveLength(1);
    expect(["40P01", "40001"]).toContain(sqlState(errors[0]));
  });
});

describe("a constraint gives its reason", () => {
  /** Copies a booking with other values, so that it runs into what stands in the way. */
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

  test("a doctor's slots that overlap: SLOT_OVERLAP, in a model call too", async () => {
    const doctor = await makeDoctor();
    await makeSlot(doctor, inHours(30));
    const error: unknown = await makeSlot(doctor, inHours(30)).catch((reason: unknown) => reason);
    expect(reasonOf(error)).toBe("SLOT_OVERLAP");
  });

  test("a slot that is too long: SLOT_TIMES_INVALID", async () => {
    const slot = makeSlot(await makeDoctor(), inHours(30), 241);
    const error: unknown = await slot.catch((reason: unknown) => reason);
    expect(reasonOf(error)).toBe("SLOT_TIMES_INVALID");
  });

  test("a second booking of a slot: SLOT_TAKEN", async () => {
    const { booking } = await makeHold();
    const patient = await makePatient();
    // Another doctor's time: the exclusion constraints have nothing against it.
    const elsewhere = await makeSlot(await makeDoctor(), inHours(90));
    const changes = {
      patient_id: quoted(patient.id),
      doctor_id: quoted(elsewhere.doctorId),
      starts_at: quoted(elsewhere.startsAt.toISOString()),
      ends_at: quoted(elsewhere.endsAt.toISOString()),
    };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("SLOT_TAKEN");
  });

  test("a second booking of a doctor's time: SLOT_TAKEN", async () => {
    const { booking } = await makeHold();
    const patient = await makePatient();
    const elsewhere = await makeSlot(await makeDoctor());
    const changes = { patient_id: quoted(patient.id), slot_id: quoted(elsewhere.id) };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("SLOT_TAKEN");
  });

  test("a second booking of a patient's time: PATIENT_OVERLAP", async () => {
    const { booking } = await makeHold();
    const slot = await makeSlot(await makeDoctor());
    const changes = {
      slot_id: quoted(slot.id),
      doctor_id: quoted(slot.doctorId),
      hold_number: "2",
    };
    expect(reasonOf(await failureOf(copyOf(booking.id, changes)))).toBe("PATIENT_OVERLAP");
  });

  test("a second hold under one number: TOO_MANY_HOLDS", async () => {
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

  test("a transition that is none: ILLEGAL_TRANSITION", async () => {
    const { booking } = await makeConfirmed();
    const { id } = booking;
    const error = await failureOf((tx) =>
      tx.booking.update({ where: { id }, data: { status: "PENDING", holdNumber: 1 } }),
    );
    expect(reasonOf(error)).toBe("ILLEGAL_TRANSITION");
  });

  test("a constraint that no caller can run into stays a fault of ours", async () => {
    const { id } = await makePatient();
    const error = await failureOf((tx) => tx.profile.create({ data: { userId: id } }));
    expect(fromDatabase(error)).toBe(error);
  });
});
