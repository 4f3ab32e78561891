import { afterAll, beforeAll, expect, test } from "vitest";
import { functions } from "@/server/functions";
import { type RunningServer, startServer } from "@/server/main";
import { makeHold, stateOf } from "../../support/bookings";
import { callerAs } from "../../support/caller";
import { sql } from "../../support/database";
import { deliver, gatewayEvent } from "../../support/gateway";
import { expectInvariants } from "../../support/invariants";
import { engine, until } from "../../support/jobs";

// The sandbox gateway calls the webhook over HTTP, like a real gateway.
let server: RunningServer | undefined;
beforeAll(async () => {
  server = await startServer({ pages: false, jobs: false });
});
afterAll(() => server?.close());

const runs = async () => {
  const rows = await sql<{ run: string }>(
    "SELECT DISTINCT function_id || ' ' || status AS run FROM job_runs WHERE event_id NOT LIKE 'tick:%'",
  );
  return rows.map(({ run }) => run.replace("amrutam-", "")).sort();
};

test("a booking is held, paid, cancelled and refunded while two engines run every function", async () => {
  const engines = [engine(functions), engine(functions)];
  const drain = () => Promise.all(engines.map((jobs) => jobs.drain()));
  const { booking, payment, patient } = await makeHold();
  await until("waiting", async () => (await runs()).includes("expire-unpaid-booking SLEEPING"));

  await deliver(gatewayEvent("payment.succeeded", payment));
  await until("waiting", async () => (await runs()).includes("remind SLEEPING"));
  await drain();
  expect(await runs()).toEqual([
    "expire-unpaid-booking CANCELLED",
    "remind SLEEPING",
    "tell-confirmed COMPLETED",
  ]);

  await callerAs(patient).bookings.cancel({ bookingId: booking.id });
  await until("the cancellation is mailed", async () =>
    (await runs()).includes("tell-cancelled COMPLETED"),
  );
  await until("the refund is mailed", async () =>
    (await runs()).includes("tell-refunded COMPLETED"),
  );
  await drain();
  expect(await runs()).toContain("remind CANCELLED");
  expect((await runs()).filter((run) => /FAILED|RUNNING/.test(run))).toEqual([]);
  expect(await stateOf(booking.id)).toMatchObject({
    booking: "CANCELLED",
    slot: "AVAILABLE",
    payment: "REFUNDED",
  });
  await expectInvariants();
});
