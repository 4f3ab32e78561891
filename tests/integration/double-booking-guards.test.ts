import { beforeEach, describe, expect, test } from "vitest";
import { makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatients, makeSlot } from "../support/factories";
import { breaksByHand, violations } from "../support/invariants";
import { race, tally } from "../support/race";

// The last test removes every guard, so that one slot is booked several times.
breaksByHand("1a", "4b", "4c");

const CALLERS = 20;
const MOVERS = 6;

/** Lets twenty patients hold one slot at once. Counts the successes and the reasons of the refusals. */
async function raceForOneSlot() {
  const slot = await makeSlot(await makeDoctor());
  const patients = await makePatients(CALLERS);
  const outcomes = await race(
    patients.map((patient) => () => callerAs(patient).bookings.hold({ slotId: slot.id })),
  );
  return tally(outcomes, (outcome) => (outcome.ok ? "held" : refusalOf(outcome.error)));
}

/** Lets several patients move their bookings to one slot at once. Counts the successes and the reasons. */
async function raceToMoveToOneSlot() {
  const slot = await makeSlot(await makeDoctor(), inHours(72));
  const bookings = [];
  while (bookings.length < MOVERS) bookings.push(await makeConfirmed());
  const outcomes = await race(
    bookings.map(
      ({ patient, booking }) =>
        () =>
          callerAs(patient).bookings.reschedule({ bookingId: booking.id, slotId: slot.id }),
    ),
  );
  return tally(outcomes, (outcome) => (outcome.ok ? "moved" : refusalOf(outcome.error)));
}

const refusalOf = (error: unknown) =>
  (error as Error & { cause?: Error }).cause?.message ?? "fault";

const ONE_SUCCEEDS = { held: 1, SLOT_TAKEN: CALLERS - 1 };

/** Makes the claim useless: a trigger resets each slot to AVAILABLE, so that the claim's condition is always true. */
const disableClaim = () =>
  sql(`CREATE FUNCTION undo_claim() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.status := 'AVAILABLE'; RETURN NEW; END $$;
       CREATE TRIGGER undo_claim BEFORE UPDATE ON availability_slots
         FOR EACH ROW EXECUTE FUNCTION undo_claim()`);

const removeConstraints = () =>
  sql(`ALTER INDEX bookings_one_active_per_slot RENAME TO removed;
       DROP INDEX removed;
       ALTER TABLE bookings DROP CONSTRAINT bookings_doctor_no_overlap`);

// The tests run in order on one database: each one removes guards, and some tests put them back.
describe("of twenty patients who hold one slot", { timeout: 120_000 }, () => {
  let before: Set<string>;
  beforeEach(async () => {
    before = new Set((await violations()).map((line) => line.split(":")[0] ?? ""));
  });
  /** The ids of the invariants that this test has broken. */
  const broken = async () =>
    (await violations()).map((line) => line.split(":")[0] ?? "").filter((id) => !before.has(id));

  test("one succeeds with the claim and the constraints", async () => {
    expect(await raceForOneSlot()).toEqual(ONE_SUCCEEDS);
    expect(await broken()).toEqual([]);
  });

  test("one succeeds with the constraints only", async () => {
    await disableClaim();
    const { held, ...others } = await raceForOneSlot();
    expect(held).toBe(1);
    expect(Object.keys(others).sort()).not.toContain("fault");
    // Invariant 4c reports the undone claim: the slot of the booking is AVAILABLE.
    expect(await broken()).toEqual(["4c"]);
    await sql("DROP TRIGGER undo_claim ON availability_slots; DROP FUNCTION undo_claim");
  });

  test("one succeeds with the claim only", async () => {
    await removeConstraints();
    expect(await raceForOneSlot()).toEqual(ONE_SUCCEEDS);
    expect(await broken()).toEqual([]);
  });

  test("one succeeds with the claim only, also when six move their bookings to it", async () => {
    expect(await raceToMoveToOneSlot()).toEqual({ moved: 1, SLOT_TAKEN: MOVERS - 1 });
    expect(await broken()).toEqual([]);
  });

  test("several succeed without both, and the invariant check reports it", async () => {
    await disableClaim();
    const { held = 0 } = await raceForOneSlot();
    expect(held).toBeGreaterThan(1);
    expect(await broken()).toContain("1a");
  });
});
