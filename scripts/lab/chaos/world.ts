import type { Random } from "./random";
import type { Store } from "./store";

export type Patient = { id: string; token: string };
type Doctor = { id: string; token: string };
export type Slot = { id: string; doctorId: string; startsAt: number; withdrawn: boolean };
/** A booking as the harness last saw it. The database may be ahead. */
export type Booking = {
  id: string;
  patient: Patient;
  doctorId: string;
  startsAt: number;
  price: number;
  paymentId: string;
  guess: "PENDING" | "CONFIRMED" | "ACTIVE" | "OVER";
};

/** The people of a run and the slots and bookings that they know. */
export type World = {
  patients: Patient[];
  doctors: Doctor[];
  /** Doctors without slots, for slots that start within seconds. */
  onCall: Doctor[];
  slots: Slot[];
  bookings: Booking[];
};

const PATIENTS = 40;
const DOCTORS = 6;
const ON_CALL = 40;
const SLOTS = 24;
const MINUTE = 60_000;
/** Few prices, so that a move to another doctor sometimes has the same price. */
const FEES = [50_000, 50_000, 33_333];

/** Creates the people and slots with the app's own modules, which read DATABASE_URL and the secrets. */
export async function makeWorld(store: Store, random: Random): Promise<World> {
  const { closeDb } = await import("@/server/platform/db");
  const { makeDoctor, makePatients, makeSlot } = await import("../../../tests/support/factories");
  const patients = await makePatients(PATIENTS);
  const world: World = { patients, doctors: [], onCall: [], slots: [], bookings: [] };
  for (let n = 0; n < DOCTORS + ON_CALL; n++) {
    const feeAmount = FEES[n % FEES.length] ?? 50_000;
    const { doctorId, token } = await makeDoctor({ name: `Dr. ${n}`, feeAmount });
    (n < DOCTORS ? world.doctors : world.onCall).push({ id: doctorId, token });
  }
  // The run moves the clock by days, which must not end a session.
  await store.sql(
    `UPDATE sessions SET access_expires_at = now() + interval '10 years',
            expires_at = now() + interval '10 years', last_seen_at = now() + interval '10 years'`,
  );
  const first = Math.ceil(store.now().getTime() / (5 * MINUTE)) * 5 * MINUTE;
  for (const doctor of world.doctors) {
    for (let n = 0; n < SLOTS; n++) {
      // Most slots start soon, so that a moved clock reaches them. Some start days ahead, for full refunds.
      const soon = n < (SLOTS * 2) / 3;
      const startsAt = new Date(
        first + (soon ? (n + 1) * 25 : 26 * 60 + n * 95 + random.between(0, 3) * 5) * MINUTE,
      );
      const { id } = await makeSlot({ doctorId: doctor.id }, startsAt, 20);
      world.slots.push({ id, doctorId: doctor.id, startsAt: startsAt.getTime(), withdrawn: false });
    }
  }
  await closeDb();
  return world;
}
