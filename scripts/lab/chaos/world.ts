import { createHash, randomBytes } from "node:crypto";
import type { Random } from "./random";
import type { Store } from "./store";

export type Patient = { id: string; token: string };
type Doctor = { id: string; token: string; fee: number };
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

/**
 * Creates the people in the database. Their tokens are valid for ten years, because the run moves
 * the clock by days and does not test signing in.
 */
export async function makeWorld(store: Store, random: Random): Promise<World> {
  const { closeDb, db } = await import("@/server/platform/db");
  const { uuidv7 } = await import("@/server/platform/ids");
  const { createDataKey } = await import("@/server/platform/phi");
  const far = new Date(Date.now() + 10 * 365 * 24 * 60 * MINUTE);

  async function person(role: "patient" | "doctor", name: string): Promise<Patient> {
    const id = uuidv7();
    const email = `${id}@chaos.test`;
    const emailVerifiedAt = new Date();
    await db.user.create({
      data: { id, email, name, role, passwordHash: "none", emailVerifiedAt },
    });
    await db.profile.create({ data: { userId: id } });
    await createDataKey(db, id);
    const token = randomBytes(32).toString("base64url");
    await db.session.create({
      data: {
        userId: id,
        kind: "api",
        device: "chaos",
        accessTokenHash: new Uint8Array(createHash("sha256").update(token).digest()),
        accessExpiresAt: far,
        expiresAt: far,
        // A clock that moves by an hour must not end a session as idle.
        lastSeenAt: far,
      },
    });
    return { id, token };
  }

  const world: World = { patients: [], doctors: [], onCall: [], slots: [], bookings: [] };
  for (let n = 0; n < PATIENTS; n++) world.patients.push(await person("patient", `Patient ${n}`));
  for (let n = 0; n < DOCTORS + ON_CALL; n++) {
    const { id: userId, token } = await person("doctor", `Dr. ${n}`);
    const feeAmount = FEES[n % FEES.length] ?? 50_000;
    const { id } = await db.doctor.create({
      data: {
        userId,
        name: `Dr. ${n}`,
        status: "APPROVED",
        gender: "other",
        registrationNumber: `CHAOS-${n}`,
        council: "Chaos Council",
        registrationExpiresOn: new Date(Date.UTC(2099, 0, 1)),
        specializations: ["Cardiology"],
        languages: ["English"],
        yearsOfExperience: 10,
        feeAmount,
      },
    });
    (n < DOCTORS ? world.doctors : world.onCall).push({ id, token, fee: feeAmount });
  }
  const first = Math.ceil(store.now().getTime() / (5 * MINUTE)) * 5 * MINUTE;
  for (const doctor of world.doctors) {
    for (let n = 0; n < SLOTS; n++) {
      // Most slots start soon, so that a moved clock reaches them. Some start days ahead, for full refunds.
      const soon = n < (SLOTS * 2) / 3;
      const startsAt = new Date(
        first + (soon ? (n + 1) * 25 : 26 * 60 + n * 95 + random.between(0, 3) * 5) * MINUTE,
      );
      const endsAt = new Date(startsAt.getTime() + 20 * MINUTE);
      const { id } = await db.availabilitySlot.create({
        data: { doctorId: doctor.id, startsAt, endsAt },
      });
      world.slots.push({ id, doctorId: doctor.id, startsAt: startsAt.getTime(), withdrawn: false });
    }
  }
  await closeDb();
  return world;
}
