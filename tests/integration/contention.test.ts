import pg from "pg";
import { expect, test } from "vitest";
import { transactionGiveUps, transactionTries } from "@/server/platform/metrics";
import { appendEntry } from "../support/audit";
import { holdAs } from "../support/bookings";
import { OWNER_URL, sql } from "../support/database";
import { makeDoctor, makePatients, makeSlots } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { raceOf, valuesOf } from "../support/race";

/** Transactions that were committed so far, and the tries that they took. */
async function transactions() {
  const { values } = await transactionTries.get();
  const value = (part: string) =>
    values.find(({ metricName }) => metricName === `amrutam_transaction_tries_${part}`)?.value ?? 0;
  return { committed: value("count"), tries: value("sum") };
}

const giveUps = async () => (await transactionGiveUps.get()).values[0]?.value ?? 0;

// Serializable calls it a conflict where two have only read and written the same page or table. That
// stays correct and becomes slow, then refusals, which no other test would notice: before the heads of
// the audit chains were read by index alone, this took four tries a booking and lost some altogether.
test("bookings that have nothing in common hardly ever get in each other's way", async () => {
  const slots = await makeSlots(await makeDoctor(), 50);
  const patients = await makePatients(50);
  // The planner takes small tables whole once it knows that they are small.
  await sql("VACUUM ANALYZE");
  const before = await transactions();

  const booked = valuesOf(
    await raceOf(50, (n) => {
      const [patient, slot] = [patients[n], slots[n]];
      if (!patient || !slot) throw new Error("too few were made");
      return holdAs(patient, slot.id);
    }),
  );

  expect(booked).toHaveLength(50);
  const after = await transactions();
  expect(after.committed - before.committed).toBe(50);
  expect(after.tries - before.tries).toBeLessThan(70);
  expect(await giveUps()).toBe(0);
  await expectInvariants();
});

const CHAINS = 64;
const APPEND = appendEntry();

async function connected() {
  const client = new pg.Client({ connectionString: OWNER_URL });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return { client, pid: rows[0]?.pid ?? 0 };
}

/** Two connections whose process numbers are the same by the number of chains. */
async function alike() {
  const first = await connected();
  for (;;) {
    const other = await connected();
    if ((other.pid - first.pid) % CHAINS === 0) return [first.client, other.client] as const;
    await other.client.end();
  }
}

test("two connections never share an audit chain, whatever their process numbers", async () => {
  const [one, other] = await alike();
  try {
    for (const client of [one, other]) {
      await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL enable_seqscan = off");
      // From here on each sees the database as it is now.
      await client.query("SELECT 1 FROM users LIMIT 1");
    }
    await one.query(APPEND);
    const waiting = other.query(APPEND);
    await one.query("COMMIT");
    await waiting;
    await other.query("COMMIT");
  } finally {
    await one.end();
    await other.end();
  }
});
