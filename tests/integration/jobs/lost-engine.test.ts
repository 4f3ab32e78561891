import { randomUUID } from "node:crypto";
import { afterAll, afterEach, expect, test } from "vitest";
import { sql } from "../../support/database";
import { serveApp, subjectsTo } from "../../support/inngest-app";
import { expectInvariants } from "../../support/invariants";
import { until } from "../../support/jobs";

// A job engine loses its memory, or another engine replaces it: the sweeps must do everything that is owed,
// and do it once.
const world = await serveApp();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A sweep starts work that has been owed for two minutes; one minute is added for safety. */
const GRACE = 3 * MINUTE;

afterEach(async () => {
  await world.down();
  await world.resetClock();
});
afterAll(() => expectInvariants());

/** Makes mails and refunds fail, so that they stay owed. */
async function breakMailAndGateway(): Promise<void> {
  await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
               AS $$ BEGIN RAISE EXCEPTION 'it is broken'; END $$`);
  for (const table of ["mailbox_messages", "sandbox_refunds"]) {
    await sql(
      `CREATE TRIGGER broken BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
  }
}
const repairMailAndGateway = () => sql("DROP FUNCTION refuse CASCADE");

/** Makes owed work: reminders of one booking, refund and mails of a cancelled one, mail of a new account. */
async function makeOwedWork() {
  const kept = await world.hold();
  const cancelled = await world.hold();
  await world.pay(kept.booking);
  await world.pay(cancelled.booking);
  await world.calm();
  expect(await subjectsTo(kept.patient)).toEqual(["Confirmed"]);
  await breakMailAndGateway();
  await world.cancel(cancelled.booking, cancelled.patient);
  const email = `${randomUUID()}@example.test`;
  const account = { email, password: "a long and rare passphrase", name: "Nia New" };
  const answer = await world.api.post("/auth/register", account);
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return { kept, cancelled, newcomer: { email } as typeof kept.patient };
}
type OwedWork = Awaited<ReturnType<typeof makeOwedWork>>;

/** Lets every sweep run once. */
async function sweep(): Promise<void> {
  await sql("UPDATE sweeps SET next_at = now(), swept_at = NULL");
  const isSwept = async () => (await sql("SELECT FROM sweeps WHERE swept_at IS NULL")).length === 0;
  await until("every sweep has run", isSwept, 60_000);
  await world.calm();
}

async function refundsOf(bookingId: string) {
  const [row] = await sql(
    `SELECT count(DISTINCT r.id)::int AS refunds, count(DISTINCT s.refund_id)::int AS "atGateway",
            min(p.status::text) AS payment
       FROM payments p LEFT JOIN refunds r ON r.payment_id = p.id
       LEFT JOIN sandbox_refunds s ON s.refund_id = r.id WHERE p.booking_id = $1`,
    [bookingId],
  );
  return row;
}

/** Expects the cancellation's mails, the refund with its mail, and the account's mail, each exactly once. */
async function expectDoneOnce({ cancelled, newcomer }: OwedWork): Promise<void> {
  // The second round sends the mail about the refund, which the first round makes.
  for (let n = 0; n < 2; n++) {
    await world.letPass(GRACE);
    await sweep();
  }
  expect(await subjectsTo(cancelled.patient)).toEqual(["Cancelled", "Confirmed", "Refund"]);
  expect(await subjectsTo(cancelled.doctor)).toEqual([
    "A consultation is cancelled",
    "A new consultation",
  ]);
  expect(await subjectsTo(newcomer)).toEqual(["Confirm your address"]);
  expect(await refundsOf(cancelled.booking.id)).toEqual({
    refunds: 1,
    atGateway: 1,
    payment: "REFUNDED",
  });
}

/** Lets time pass until `before` milliseconds before the visit, and expects the mails that are due by then. */
async function expectReminded({ kept }: OwedWork, before: number, mails: string[]): Promise<void> {
  await world.letPass(kept.slot.startsAt.getTime() - before - world.now() + GRACE);
  await sweep();
  expect(await subjectsTo(kept.patient)).toEqual(mails);
}

test("all owed work is done once after an Inngest server is killed and loses its memory", async () => {
  await world.up();
  await until("the app is registered", () => world.inngest.functions.size > 0);
  const work = await makeOwedWork();
  await until("the jobs have failed once", () => world.inngest.isRetrying());

  await world.loseServer();
  await repairMailAndGateway();

  await expectDoneOnce(work);
  await expectReminded(work, 24 * HOUR, ["Coming up", "Confirmed"]);
  await expectReminded(work, HOUR, ["Coming up", "Confirmed", "Starting soon"]);
}, 240_000);

test("all owed work is done once after the embedded engine is killed, replaced by an Inngest server, and started again", async () => {
  await world.upEmbedded();
  const work = await makeOwedWork();
  const asleep = () =>
    sql<{ event_id: string }>(
      `SELECT event_id FROM job_runs
        WHERE function_id = 'amrutam-remind' AND status = 'SLEEPING' AND event->'data'->>'bookingId' = $1`,
      [work.kept.booking.id],
    );
  await until("a reminder sleeps", async () => (await asleep()).length === 1);
  const [reminder] = await asleep();
  const hasTried = async () =>
    (await sql("SELECT FROM job_runs WHERE function_id = 'amrutam-refund-payment'")).length > 0;
  await until("the refund was tried", hasTried);

  await world.kill();
  await repairMailAndGateway();
  await world.up();
  const serverRuns = () => world.inngest.runsOf("remind", work.kept.booking.id);
  await until("the reminder sleeps at the server", () => serverRuns().length === 1, 60_000);
  expect(serverRuns()[0]?.event.id).toBe(reminder?.event_id);

  // Leases are in real time: end those of the killed process now, so that others can claim its rows.
  for (const table of ["job_runs", "notifications", "outbox"]) {
    await sql(`UPDATE ${table} SET leased_until = now() WHERE leased_until > now()`);
  }
  await sweep();
  await expectDoneOnce(work);
  await expectReminded(work, 24 * HOUR, ["Coming up", "Confirmed"]);
  expect(serverRuns().map(({ status }) => status)).toEqual(["RUNNING"]);

  await world.down();
  await world.upEmbedded();
  await expectReminded(work, HOUR, ["Coming up", "Confirmed", "Starting soon"]);
  await expectDoneOnce(work);
  const unfinished = await sql(
    "SELECT function_id FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')",
  );
  expect(unfinished).toEqual([]);
}, 240_000);
