import { beforeEach, describe, expect, test } from "vitest";
import { makeConfirmed } from "../support/bookings";
import { callerAs } from "../support/caller";
import { sql } from "../support/database";
import { inHours, makeDoctor, makePatients, makeSlot } from "../support/factories";
import { breaksByHand, violations } from "../support/invariants";
import { race, tally } from "../support/race";

// What its last test does with every guard away: a slot booked many times over.
breaksByHand("1a", "4b", "4c");

const CALLERS = 20;
const MOVERS = 6;

/** How many of twenty patients at once got one slot, and what the others heard. */
async function raceForOneSlot() {
  const slot = await makeSlot(await makeDoctor());
  const patients = await makePatients(CALLERS);
  const outcomes = await race(
    patients.map((patient) => () => callerAs(patient).bookings.hold({ slotId: slot.id })),
  );
  return tally(outcomes, (outcome) => (outcome.ok ? "held" : refusalOf(outcome.error)));
}

/** How many of some patients with a booking each moved onto one slot, and what the others heard. */
async function raceOntoOneSlot() {
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

const ONE_WINS = { held: 1, SLOT_TAKEN: CALLERS - 1 };

/** Undoes every claim at once, so that its predicate (`status = 'AVAILABLE'`) rules nobody out. */
const blindTheClaim = () =>
  sql(`CREATE FUNCTION forget_the_claim() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.status := 'AVAILABLE'; RETURN NEW; END $$;
       CREATE TRIGGER forget_the_claim BEFORE UPDATE ON availability_slots
         FOR EACH ROW EXECUTE FUNCTION forget_the_claim()`);

const removeTheConstraints = () =>
  sql(`ALTER INDEX bookings_one_active_per_slot RENAME TO removed;
       DROP INDEX removed;
       ALTER TABLE bookings DROP CONSTRAINT bookings_doctor_no_overlap`);

// One database for the file: each test takes one guard more away.
describe("who keeps a slot from being booked twice", { timeout: 120_000 }, () => {
  let before: Set<string>;
  beforeEach(async () => {
    before = new Set((await violations()).map((line) => line.split(":")[0] ?? ""));
  });
  /** The ids of the invariants that this test has broken. */
  const broken = async () =>
    (await violations()).map((line) => line.split(":")[0] ?? "").filter((id) => !before.has(id));

  test("with the claim and the constraints: one wins", async () => {
    expect(await raceForOneSlot()).toEqual(ONE_WINS);
    expect(await broken()).toEqual([]);
  });

  test("with the constraints alone: one wins still", async () => {
    await blindTheClaim();
    const { held, ...others } = await raceForOneSlot();
    expect(held).toBe(1);
    expect(Object.keys(others).sort()).not.toContain("fault");
    // The claim that was undone shows: the booking stands on a slot that looks free.
    expect(await broken()).toEqual(["4c"]);
    await sql(
      "DROP TRIGGER forget_the_claim ON availability_slots; DROP FUNCTION forget_the_claim",
    );
  });

  test("with the claim alone: one wins still", async () => {
    await removeTheConstraints();
    expect(await raceForOneSlot()).toEqual(ONE_WINS);
    expect(await broken()).toEqual([]);
  });

  test("with the claim alone: of those who move onto one slot, one wins too", async () => {
    expect(await raceOntoOneSlot()).toEqual({ moved: 1, SLOT_TAKEN: MOVERS - 1 });
    expect(await broken()).toEqual([]);
  });

  test("with neither the slot is booked many times over, and the invariants' check says so", async () => {
    await blindTheClaim();
    const { held = 0 } = await raceForOneSlot();
    expect(held).toBeGreaterThan(1);
    expect(await broken()).toContain("1a");
  });
});
