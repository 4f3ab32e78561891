import pg from "pg";
import { expect, test } from "vitest";
import { transactionGiveUps, transactionTries } from "@/server/platform/metrics";
import { appendEntry } from "../support/audit";
import { holdAs } from "../support/bookings";
import { OWNER_URL, sql } from "../support/database";
import { makeDoctor, makePatients, makeSlots } from "../support/factories";
import { expectInvariants } from "../support/invariants";
import { raceOf, valuesOf } from "../support/race";

/** Returns the number of transactions that are committed so far, and of the tries that they needed. */
async function transactions() {
  const { values } = await transactionTries.get();
  const value = (part: string) =>
    values.find(({ metricName }) => metricName === `amrutam_transaction_tries_${part}`)?.value ?? 0;
  return { committed: value("count"), tries: value("sum") };
}

const giveUps = async () => (await transactionGiveUps.get()).values[0]?.value ?? 0;

// Serializable transactions can conflict when they only read and write the same page or table. The app stays
// correct, but it becomes slow and then refuses bookings, which no other test notices. Before the chain heads were
// read only by index, a booking needed four tries, and some bookings failed.
test("independent bookings rarely need a second try", async () => {
  const slots = await makeSlots(await makeDoctor(), 50);
  const patients = await makePatients(50);
  // With fresh statistics the planner scans small tables completely.
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

async function connect() {
  const client = new pg.Client({ connectionString: OWNER_URL });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return { client, pid: rows[0]?.pid ?? 0 };
}

/** Opens two connections whose process ids are equal modulo the number of chains. */
async function connectPair() {
  const first = await connect();
  for (;;) {
    const other = await connect();
    if ((other.pid - first.pid) % CHAINS === 0) return [first.client, other.client] as const;
    await other.client.end();
  }
}

test("two concurrent connections never use the same audit chain, whatever their process ids are", async () => {
  const [one, other] = await connectPair();
  try {
    for (const client of [one, other]) {
      await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL enable_seqscan = off");
      // The first query fixes the snapshot of the transaction.
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
