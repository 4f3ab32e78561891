import type { InngestFunction } from "inngest";
import { afterEach, describe, expect, test } from "vitest";
import { makeAuditPartitions } from "@/server/audit/jobs";
import { expireUnpaidBooking } from "@/server/bookings/jobs";
import { purgeIdempotencyKeys, purgeJobHistory } from "@/server/job-engine/jobs";
import { makeConfirmed, makeHold, stateOf } from "../../support/bookings";
import { sql } from "../../support/database";
import { engine, moveClock, runsOf, until } from "../../support/jobs";

afterEach(async () => {
  await sql("TRUNCATE job_runs, job_events, job_ticks, outbox CASCADE");
});

/** Runs a cron function once on an engine. @returns the run's output. */
async function runOnce(fn: InngestFunction.Any) {
  await sql(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at)
     VALUES ($1, 'test', '{"name": "inngest/scheduled.timer", "data": {}}', now())`,
    [`amrutam-${fn.id()}`],
  );
  const jobs = engine([fn]);
  await until("ended", async () => (await runsOf(fn))[0]?.status === "COMPLETED");
  await jobs.stop();
  return (await runsOf(fn))[0]?.output;
}

describe("an unpaid booking", () => {
  test("expires when its hold ends, and frees the slot", async () => {
    const { booking } = await makeHold();
    engine([expireUnpaidBooking]);
    await until(
      "sleeps",
      async () => (await runsOf(expireUnpaidBooking))[0]?.status === "SLEEPING",
    );
    const [run] = await runsOf(expireUnpaidBooking);
    expect(run?.due_at.toISOString()).toBe(booking.holdExpiresAt);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING", slot: "HELD" });

    await moveClock("10 minutes 1 second");
    await until("expired", async () => (await stateOf(booking.id))?.booking === "EXPIRED");
    expect(await stateOf(booking.id)).toMatchObject({ slot: "AVAILABLE", payment: "FAILED" });
    await moveClock("0");
  });

  test("expires later if its hold was extended", async () => {
    const { booking } = await makeHold();
    engine([expireUnpaidBooking]);
    await until(
      "sleeps",
      async () => (await runsOf(expireUnpaidBooking))[0]?.status === "SLEEPING",
    );
    const [extended] = await sql<{ at: Date }>(
      `UPDATE bookings SET hold_expires_at = hold_expires_at + interval '10 minutes'
        WHERE id = $1 RETURNING hold_expires_at AS at`,
      [booking.id],
    );
    await moveClock("11 minutes");
    await until("sleeps again", async () => {
      const [run] = await runsOf(expireUnpaidBooking);
      return run?.status === "SLEEPING" && run.due_at.getTime() === extended?.at.getTime();
    });
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING" });
    await moveClock("21 minutes");
    await until("expired", async () => (await stateOf(booking.id))?.booking === "EXPIRED");
    await moveClock("0");
  });

  test("does not expire once it is paid, because the run is cancelled", async () => {
    const { booking } = await makeConfirmed();
    const jobs = engine([expireUnpaidBooking]);
    await until(
      "cancelled",
      async () => (await runsOf(expireUnpaidBooking))[0]?.status === "CANCELLED",
    );
    await jobs.drain();
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", slot: "BOOKED" });
  });
});

describe("housekeeping", () => {
  test("deletes idempotency keys after 24 hours, not earlier", async () => {
    await sql(
      `INSERT INTO idempotency_keys (user_id, procedure, key, request_hash, response, created_at)
       SELECT gen_random_uuid(), 'p', n::text, '', '', now() - make_interval(hours => n)
         FROM generate_series(20, 28) n`,
    );
    expect(await runOnce(purgeIdempotencyKeys)).toBe(5);
    const left = await sql("SELECT key FROM idempotency_keys WHERE procedure = 'p' ORDER BY key");
    expect(left.map(({ key }) => key)).toEqual(["20", "21", "22", "23"]);
  });

  test("deletes runs that ended long ago, and keeps each function's last tick", async () => {
    await sql(
      `INSERT INTO job_runs (function_id, event_id, event, occurred_at, status, ended_at)
       SELECT 'f', kind || days, '{}', now(), status::job_run_status, now() - make_interval(days => days)
         FROM (VALUES ('tick:', 'COMPLETED'), ('event', 'COMPLETED'), ('failed', 'FAILED')) k(kind, status),
              (VALUES (0), (2), (31), (91)) d(days)`,
    );
    await sql(
      `INSERT INTO job_ticks (function_id, tick)
       VALUES ('f', now() - interval '9 days'), ('f', now() - interval '8 days')`,
    );
    await sql(
      `INSERT INTO job_events (id, name, data, delivered_at)
       VALUES ('old', 'x', '{}', now() - interval '31 days'), ('new', 'x', '{}', now())`,
    );
    expect(await runOnce(purgeJobHistory)).toEqual({ runs: 6, events: 1, ticks: 1 });
    const left = await sql("SELECT event_id FROM job_runs WHERE function_id = 'f' ORDER BY 1");
    expect(left.map(({ event_id }) => event_id)).toEqual([
      "event0",
      "event2",
      "failed0",
      "failed2",
      "failed31",
      "tick:0",
    ]);
  });

  test("creates the audit log's partitions ahead of time", async () => {
    await moveClock("62 days");
    expect(await runOnce(makeAuditPartitions)).toBeGreaterThan(0);
    await moveClock("0");
  });
});
