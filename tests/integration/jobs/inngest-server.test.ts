import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { functions } from "@/server/functions";
import { stateOf } from "../../support/bookings";
import { sql } from "../../support/database";
import { embeddedRows, serveApp, subjectsTo } from "../../support/inngest-app";
import { type Mishap, RETRY_MS } from "../../support/inngest-runs";
import { until } from "../../support/jobs";

// A simulated Inngest server runs the app's functions from outside, through HTTP only.
const world = await serveApp();
const { inngest } = world;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ids = functions.map((fn) => fn.id("amrutam")).sort();
const isRegistered = () => inngest.functions.size > 0;
const statusesOf = (name: string, about: string) =>
  inngest.runsOf(name, about).map(({ status }) => status);
const outcomesOf = (name: string, about: string) =>
  inngest.runsOf(name, about).map(({ calls }) => calls.map(({ outcome }) => outcome));

beforeAll(async () => {
  await world.up();
  await until("the app is registered", isRegistered);
});
afterEach(async () => {
  inngest.mishapAt = () => null;
  await world.resetClock();
  expect(inngest.complaints).toEqual([]);
  expect(inngest.refused).toEqual([]);
});
// The embedded engine must not have run anything.
afterAll(async () => expect(await embeddedRows()).toEqual([]));

/** The refunds of a booking, in the app's tables and at the gateway. */
async function refundsOf(bookingId: string) {
  const [row] = await sql(
    `SELECT count(DISTINCT r.id)::int AS refunds, count(DISTINCT s.refund_id)::int AS "atGateway",
            min(p.status::text) AS payment, min(r.status::text) AS refund
       FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id
       LEFT JOIN sandbox_refunds s ON s.refund_id = r.id WHERE p.booking_id = $1`,
    [bookingId],
  );
  return row;
}
const ONE_REFUND = { refunds: 1, atGateway: 1, payment: "REFUNDED", refund: "SUCCEEDED" };

describe("on an Inngest server", () => {
  test("every function is registered with the app's own URL", () => {
    expect([...inngest.functions.keys()].sort()).toEqual(ids);
    for (const { steps } of inngest.functions.values()) {
      expect(steps.step.runtime.url).toContain(`${world.url}/api/inngest?`);
    }
  });

  test("a stranger who asks for a registration cannot change the URL of the functions", async () => {
    inngest.functions.clear();
    const headers = { host: "elsewhere.example", "content-length": 0 };
    const asked = request(`${world.url}/api/inngest`, { method: "PUT", headers });
    asked.on("response", (response) => response.resume()).end();
    await until("the app registered again", isRegistered);
    for (const { steps } of inngest.functions.values()) {
      expect(steps.step.runtime.url).toContain(`${world.url}/api/inngest?`);
    }
  });

  test("an unpaid hold expires at its time, not earlier", async () => {
    const { booking, patient } = await world.hold();
    await world.letPass(9 * MINUTE);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "PENDING", slot: "HELD" });
    expect(outcomesOf("expire-unpaid-booking", booking.id)).toEqual([["hold-1 Sleep"]]);

    await world.letPass(MINUTE + 1000);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED", slot: "AVAILABLE" });
    expect(outcomesOf("expire-unpaid-booking", booking.id)).toEqual([
      ["hold-1 Sleep", "expire-1 ran", "done"],
    ]);
    expect(await subjectsTo(patient)).toEqual(["Your hold ran out"]);
    expect(statusesOf("close-late-checkout", booking.id)).toEqual(["COMPLETED"]);
  });

  test("a payment in time cancels the hold's run, and the patient gets two reminders", async () => {
    const { booking, patient, doctor, slot } = await world.hold();
    const startsIn = slot.startsAt.getTime() - Date.now();
    await world.calm();
    await world.pay(booking);
    await world.calm();
    expect(statusesOf("expire-unpaid-booking", booking.id)).toEqual(["CANCELLED"]);
    expect(await subjectsTo(patient)).toEqual(["Confirmed"]);
    expect(await subjectsTo(doctor)).toEqual(["A new consultation"]);

    await world.letPass(startsIn - 24 * HOUR - MINUTE);
    expect(await subjectsTo(patient)).toEqual(["Confirmed"]);
    await world.letPass(2 * MINUTE);
    expect(await subjectsTo(patient)).toEqual(["Coming up", "Confirmed"]);
    await world.letPass(23 * HOUR);
    expect(await subjectsTo(patient)).toEqual(["Coming up", "Confirmed", "Starting soon"]);
    expect(statusesOf("remind", booking.id)).toEqual(["COMPLETED"]);
    // The server does not call a cancelled run again.
    expect(outcomesOf("expire-unpaid-booking", booking.id)).toEqual([["hold-1 Sleep"]]);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "CONFIRMED", payment: "SUCCEEDED" });
  });

  test("a failed step is retried later, and the refund is made once", async () => {
    const { booking, patient } = await world.hold();
    await world.pay(booking);
    await world.calm();
    await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
                 AS $$ BEGIN RAISE EXCEPTION 'the gateway is away'; END $$`);
    await sql(`CREATE TRIGGER away BEFORE INSERT ON sandbox_refunds
                 FOR EACH ROW EXECUTE FUNCTION refuse()`);
    await world.cancel(booking, patient);
    await world.calm();
    await sql("DROP FUNCTION refuse CASCADE");
    const [payment] = await sql<{ id: string }>("SELECT id FROM payments WHERE booking_id = $1", [
      booking.id,
    ]);
    const refund = () => outcomesOf("refund-payment", String(payment?.id));
    expect(refund()).toEqual([["refund failed"]]);
    expect(await refundsOf(booking.id)).toMatchObject({ atGateway: 0, payment: "REFUND_PENDING" });

    await world.letPass(RETRY_MS);
    expect(refund()).toEqual([["refund failed", "refund ran", "done"]]);
    expect(await refundsOf(booking.id)).toEqual(ONE_REFUND);
    expect(await subjectsTo(patient)).toEqual(["Cancelled", "Confirmed", "Refund"]);
    // The cancellation has cancelled the reminders.
    expect(statusesOf("remind", booking.id)).toEqual(["CANCELLED"]);
  });

  test("a hold that ends while the app is down expires once the app is back", async () => {
    const { booking, patient } = await world.hold();
    await world.calm();
    await world.down();
    await world.letPass(11 * MINUTE);
    expect(outcomesOf("expire-unpaid-booking", booking.id)).toEqual([["hold-1 Sleep", "lost"]]);
    await world.up();
    await world.letPass(RETRY_MS);
    // The number of lost tries depends on the speed of the machine.
    const [outcomes = []] = outcomesOf("expire-unpaid-booking", booking.id);
    expect([...new Set(outcomes)]).toEqual(["hold-1 Sleep", "lost", "expire-1 ran", "done"]);
    expect(await stateOf(booking.id)).toMatchObject({ booking: "EXPIRED" });
    expect(await subjectsTo(patient)).toEqual(["Your hold ran out"]);
  });

  test("every cron function completes", async () => {
    const ticked = [...inngest.functions.values()]
      .filter(({ triggers }) => triggers.some((trigger) => "cron" in trigger))
      .map(({ id }) => inngest.tick(id.replace("amrutam-", "")));
    expect(ticked.length).toBeGreaterThan(3);
    await world.calm();
    expect(ticked.map(({ fn, status }) => [fn.id, status])).toEqual(
      ticked.map(({ fn }) => [fn.id, "COMPLETED"]),
    );
  });
});

const mishaps: Array<[string, Mishap]> = [
  ["the answer to the first call of every step is lost", "lost"],
  ["every call arrives twice at once", "twice"],
];

test.each(mishaps)("each effect happens once, although %s", async (_what, mishap) => {
  inngest.mishapAt = ({ attempt }) => (attempt === 0 ? mishap : null);
  const [unpaid, kept, cancelled] = await Promise.all([world.hold(), world.hold(), world.hold()]);
  /** Lets the server repeat lost calls until all remaining runs sleep. */
  const retryLost = async () => {
    while (inngest.isRetrying()) await world.letPass(RETRY_MS);
  };
  const startsIn = kept.slot.startsAt.getTime() - Date.now();
  await world.calm();
  await Promise.all([world.pay(kept.booking), world.pay(cancelled.booking)]);
  await world.calm();
  await retryLost();
  await world.cancel(cancelled.booking, cancelled.patient);
  await world.calm();
  await retryLost();
  await world.letPass(startsIn - 24 * HOUR);
  await retryLost();
  await world.letPass(23 * HOUR);
  await retryLost();

  const run = inngest.runsOf("tell-expired", unpaid.booking.id)[0];
  const happened = { asked: run?.callCount, calls: run?.calls.map(({ outcome }) => outcome) };
  expect(happened).toEqual(
    mishap === "lost"
      ? { asked: 4, calls: ["lost", "tell ran", "lost", "done"] }
      : { asked: 4, calls: ["tell ran", "done"] },
  );
  expect(inngest.failed()).toEqual([]);
  expect(await stateOf(unpaid.booking.id)).toMatchObject({ booking: "EXPIRED" });
  expect(await subjectsTo(unpaid.patient)).toEqual(["Your hold ran out"]);
  expect(await stateOf(kept.booking.id)).toMatchObject({ booking: "CONFIRMED" });
  expect(await subjectsTo(kept.patient)).toEqual(["Coming up", "Confirmed", "Starting soon"]);
  expect(await subjectsTo(kept.doctor)).toEqual(["A new consultation"]);
  expect(await refundsOf(cancelled.booking.id)).toEqual(ONE_REFUND);
  expect(await subjectsTo(cancelled.patient)).toEqual(["Cancelled", "Confirmed", "Refund"]);
  expect(await subjectsTo(cancelled.doctor)).toEqual([
    "A consultation is cancelled",
    "A new consultation",
  ]);
});
