import { randomUUID } from "node:crypto";
import { afterAll, afterEach, expect, test } from "vitest";
import { sql } from "../../support/database";
import { expectInvariants } from "../../support/invariants";
import { until } from "../../support/jobs";
import { serveApp, toldTo } from "../../support/served";

/** An engine forgets all that it had to do, or another one takes its place: what is owed is done once. */
const world = await serveApp();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A sweep takes up what is owed for two minutes. */
const GRACE = 3 * MINUTE;

afterEach(async () => {
  await world.down();
  await world.resetClock();
});
afterAll(() => expectInvariants());

/** Mail server and gateway are away: what is to be sent and paid back stays owed. */
async function takeAway(): Promise<void> {
  await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
               AS $$ BEGIN RAISE EXCEPTION 'it is away'; END $$`);
  for (const table of ["mailbox_messages", "sandbox_refunds"]) {
    await sql(
      `CREATE TRIGGER away BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
  }
}
const bringBack = () => sql("DROP FUNCTION refuse CASCADE");

/** A booking with both reminders still to come, and one that was cancelled: its money is owed. */
async function makeDebts() {
  const kept = await world.hold();
  const cancelled = await world.hold();
  await world.pay(kept.booking);
  await world.pay(cancelled.booking);
  await world.calm();
  expect(await toldTo(kept.patient)).toEqual(["Confirmed"]);
  await takeAway();
  await world.cancel(cancelled.booking, cancelled.patient);
  const email = `${randomUUID()}@example.test`;
  const account = { email, password: "a long and rare passphrase", name: "Nia New" };
  const answer = await world.api.post("/auth/register", account);
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return { kept, cancelled, newcomer: { email } as typeof kept.patient };
}
type Debts = Awaited<ReturnType<typeof makeDebts>>;

/** Lets every sweep come by. */
async function sweep(): Promise<void> {
  await sql("UPDATE sweeps SET next_at = now(), swept_at = NULL");
  const isSwept = async () => (await sql("SELECT FROM sweeps WHERE swept_at IS NULL")).length === 0;
  await until("all is swept", isSwept, 60_000);
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

/** The notice, the refund with its own notice, and the account's mail: each is had, and once. */
async function expectPaidOff({ cancelled, newcomer }: Debts): Promise<void> {
  // Once more for what the first round owes: the mail about the refund.
  for (let n = 0; n < 2; n++) {
    await world.letPass(GRACE);
    await sweep();
  }
  expect(await toldTo(cancelled.patient)).toEqual(["Cancelled", "Confirmed", "Refund"]);
  expect(await toldTo(cancelled.doctor)).toEqual([
    "A consultation is cancelled",
    "A new consultation",
  ]);
  expect(await toldTo(newcomer)).toEqual(["Confirm your address"]);
  expect(await refundsOf(cancelled.booking.id)).toEqual({
    refunds: 1,
    atGateway: 1,
    payment: "REFUNDED",
  });
}

/** Lets time pass until so long before a visit, and all happen that is due by then. */
async function expectReminded({ kept }: Debts, before: number, told: string[]): Promise<void> {
  await world.letPass(kept.slot.startsAt.getTime() - before - world.now() + GRACE);
  await sweep();
  expect(await toldTo(kept.patient)).toEqual(told);
}

test("an Inngest server is killed and has lost its memory: all that was pending happens once", async () => {
  await world.up();
  await until("the app is registered", () => world.inngest.functions.size > 0);
  const debts = await makeDebts();
  await until("their jobs have tried", () => world.inngest.isRetrying());

  await world.loseServer();
  await bringBack();

  await expectPaidOff(debts);
  await expectReminded(debts, 24 * HOUR, ["Coming up", "Confirmed"]);
  await expectReminded(debts, HOUR, ["Coming up", "Confirmed", "Starting soon"]);
}, 240_000);

test("the embedded engine is killed, an Inngest server takes over, and the engine comes back: all that was pending happens once", async () => {
  await world.upEmbedded();
  const debts = await makeDebts();
  const asleep = () =>
    sql<{ event_id: string }>(
      `SELECT event_id FROM job_runs
        WHERE function_id = 'amrutam-remind' AND status = 'SLEEPING' AND event->'data'->>'bookingId' = $1`,
      [debts.kept.booking.id],
    );
  await until("a reminder sleeps", async () => (await asleep()).length === 1);
  const [reminder] = await asleep();
  const hasTried = async () =>
    (await sql("SELECT FROM job_runs WHERE function_id = 'amrutam-refund-payment'")).length > 0;
  await until("the refund was tried", hasTried);

  await world.kill();
  await bringBack();
  await world.up();
  const over = () => world.inngest.runsOf("remind", debts.kept.booking.id);
  await until("the reminder sleeps at the server", () => over().length === 1, 60_000);
  expect(over()[0]?.event.id).toBe(reminder?.event_id);

  // What the killed process had in hand is taken up once its leases, in real time, have ended.
  for (const table of ["job_runs", "notifications", "outbox"]) {
    await sql(`UPDATE ${table} SET leased_until = now() WHERE leased_until > now()`);
  }
  await sweep();
  await expectPaidOff(debts);
  await expectReminded(debts, 24 * HOUR, ["Coming up", "Confirmed"]);
  expect(over().map(({ status }) => status)).toEqual(["RUNNING"]);

  await world.down();
  await world.upEmbedded();
  await expectReminded(debts, HOUR, ["Coming up", "Confirmed", "Starting soon"]);
  await expectPaidOff(debts);
  const unfinished = await sql(
    "SELECT function_id FROM job_runs WHERE status IN ('QUEUED', 'RUNNING', 'SLEEPING')",
  );
  expect(unfinished).toEqual([]);
}, 240_000);
