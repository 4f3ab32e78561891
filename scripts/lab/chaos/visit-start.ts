import { setTimeout as sleep } from "node:timers/promises";
import { cancel, consult, extendOne, openSlotAt } from "./changes";
import { capture } from "./gateway";
import { type Action, holdOne, MINUTE, type Run } from "./operations";
import type { Dice } from "./random";
import type { Recorder } from "./record";
import type { Store } from "./store";
import type { Booking } from "./world";

// Operations around the start of a visit. The clock can jump over the start at any moment.

/** Long enough to open, hold and pay for a slot on a busy machine. */
const SHORTEST_LEAD_MS = 4000;
const LEADS_MS = 6000;
/** Some starts are minutes away and are reached only if the clock is moved. */
const PATIENCE_MS = 15_000;

/** Opens and holds a slot that starts within seconds or minutes. */
async function holdSoon(run: Run, dice: Dice): Promise<Booking | undefined> {
  // The doctors take turns, so that the slots of one doctor seldom overlap.
  const doctor = run.world.onCall.shift();
  const patient = dice.pick(run.world.patients);
  if (!doctor || !patient) return undefined;
  run.world.onCall.push(doctor);
  const lead = dice.chance(75)
    ? SHORTEST_LEAD_MS + dice.roll(LEADS_MS)
    : MINUTE + dice.roll(11 * MINUTE);
  const startsAt = run.store.now().getTime() + lead;
  const slot = await openSlotAt(run, dice, "openSoon", doctor, startsAt, 5 + dice.roll(4));
  return slot && holdOne(run, dice, "holdSoon", patient, slot);
}

/** Waits until `ms` after the start of the visit; a negative `ms` means before it. */
async function around({ store }: Run, { startsAt }: Booking, ms: number): Promise<void> {
  const began = Date.now();
  while (store.now().getTime() < startsAt + ms && Date.now() - began < PATIENCE_MS) await sleep(50);
}

/** The payment event arrives just before or just after the start. */
const paidAtTheStart: Action = async (run, dice) => {
  const booking = await holdSoon(run, dice);
  if (!booking) return;
  await around(run, booking, dice.roll(2000) - 700);
  await capture(run, dice, booking);
};

/** The patient extends the hold at once, and again at the start, when no extension is possible. */
const extendAtTheStart: Action = async (run, dice) => {
  const booking = await holdSoon(run, dice);
  if (!booking) return;
  await extendOne(run, dice, booking);
  await around(run, booking, dice.roll(800) - 400);
  await Promise.all([extendOne(run, dice, booking), extendOne(run, dice, booking)]);
};

/** What patient and doctor do at the start if the other one is absent. */
const BEGINNINGS: Array<(run: Run, dice: Dice, booking: Booking) => Promise<unknown>> = [
  (run, dice, booking) => cancel(run, dice, "cancelBegun", booking),
  (run, dice, booking) =>
    Promise.all([
      cancel(run, dice, "cancelBegun", booking),
      consult(run, dice, "no-show", booking),
    ]),
  (run, dice, booking) =>
    Promise.all([cancel(run, dice, "cancelBegun", booking), consult(run, dice, "start", booking)]),
  (run, dice, booking) => consult(run, dice, "no-show", booking),
  async (run, dice, booking) => {
    await waitFor(run, dice, booking);
    await consult(run, dice, "no-show", booking);
  },
  async () => undefined,
];

const visitBegins: Action = async (run, dice) => {
  const booking = await holdSoon(run, dice);
  if (!booking) return;
  await capture(run, dice, booking);
  await around(run, booking, dice.roll(400));
  await dice.pick(BEGINNINGS)?.(run, dice, booking);
};

/** The patient opens the consultation and counts as waiting. */
async function waitFor(run: Run, dice: Dice, { id, patient }: Booking): Promise<void> {
  run.recorder.count("op wait");
  await run.client.read(`/api/v1/bookings/${id}/consultation`, patient.token, dice.roll(2));
}

/** A visit that nobody started on time: the doctor reports a no-show or starts it late. */
const visitIsLate: Action = async (run, dice) => {
  const now = run.store.now().getTime();
  const late = run.world.bookings.filter(
    ({ guess, startsAt }) =>
      guess === "CONFIRMED" && startsAt < now - 9 * MINUTE && startsAt > now - 45 * MINUTE,
  );
  const booking = dice.pick(late);
  if (!booking) return;
  if (dice.chance(25)) await waitFor(run, dice, booking);
  await consult(run, dice, dice.chance(75) ? "no-show" : "start", booking);
};

export const VISIT_START_ACTIONS = { paidAtTheStart, extendAtTheStart, visitBegins, visitIsLate };

/** Outcomes that a run counts. */
const OUTCOMES: Array<[outcome: string, sql: string]> = [
  [
    "holds that end with the start",
    "SELECT count(*)::int AS n FROM bookings WHERE hold_expires_at = starts_at AND version = 1",
  ],
  [
    "payments after the start, refunded",
    `SELECT count(*)::int AS n FROM payments p JOIN bookings b ON b.id = p.booking_id
      WHERE b.status = 'EXPIRED' AND p.captured_at > b.starts_at AND p.refunded_amount = p.amount`,
  ],
  [
    "cancelled by the patient after the start, refunded",
    `SELECT count(*)::int AS n FROM bookings b JOIN payments p ON p.booking_id = b.id
       JOIN audit_logs l ON l.entity_id = b.id::text AND l.action = 'booking.cancelled'
      WHERE l.actor_role = 'patient' AND b.cancelled_by = 'absence' AND l.at > b.starts_at AND p.refunded_amount = p.amount`,
  ],
  ["no-shows", "SELECT count(*)::int AS n FROM bookings WHERE status = 'NO_SHOW'"],
  [
    "absences of doctors, refunded",
    `SELECT count(*)::int AS n FROM bookings b JOIN audit_logs l ON l.entity_id = b.id::text
        AND l.action = 'booking.cancelled' AND l.actor_role = 'system'
      WHERE b.cancelled_by = 'absence'`,
  ],
];

/** Counts the outcomes in the database. */
export async function countOutcomes(store: Store, recorder: Recorder): Promise<void> {
  for (const [outcome, sql] of OUTCOMES) {
    const [row] = await store.sql<{ n: number }>(sql);
    recorder.count(`visits: ${outcome}`, row?.n ?? 0);
  }
}
