import { hashPassword } from "../src/server/accounts/password";
import { applyAvailability } from "../src/server/availability/commands/hours";
import { type Availability, LIMITS } from "../src/server/availability/schema";
import { clock } from "../src/server/platform/clock";
import { closeDb, db } from "../src/server/platform/db";
import { uuidv7 } from "../src/server/platform/ids";
import { createDataKey, sealText } from "../src/server/platform/phi";
import type { Tx } from "../src/server/platform/transaction";
import { demoDoctor } from "./demo-people";

const PASSWORD = "demo-password-2026";
const DOCTORS = 56;
const DAYS = 15;

type Person = { email: string; name: string; role: "patient" | "doctor" | "admin" };
type Personal = { dateOfBirth: string; gender: string; phone: string };

async function addPerson(tx: Tx, person: Person, passwordHash: string, personal?: Personal) {
  const id = uuidv7();
  const emailVerifiedAt = clock.now();
  await tx.user.create({ data: { id, ...person, passwordHash, emailVerifiedAt } });
  await createDataKey(tx, id);
  const seal = (column: string, text: string) =>
    sealText(tx, { table: "profiles", column, rowId: id, ownerId: id }, text);
  await tx.profile.create({
    data: {
      userId: id,
      ...(personal && {
        dateOfBirth: await seal("date_of_birth", personal.dateOfBirth),
        gender: await seal("gender", personal.gender),
        phone: await seal("phone", personal.phone),
      }),
    },
  });
  return id;
}

/** Mornings and evenings in the doctor's zone, Sundays off, open for so many days ahead. */
const demoHours = (slotMinutes: number, days: number): Availability => ({
  timezone: "Asia/Kolkata",
  rules: [1, 2, 3, 4, 5, 6].flatMap((weekday) => [
    { weekday, start: "09:30", end: "12:30", slotMinutes },
    { weekday, start: "17:00", end: "20:00", slotMinutes },
  ]),
  exceptions: [],
  minimumNoticeMinutes: 0,
  horizonDays: Math.min(days, LIMITS.horizonDays.max),
});

/** Adds the n-th demo doctor, approved, with an account, weekly hours and the slots that they make. */
export async function addDoctor(
  tx: Tx,
  n: number,
  email: string,
  passwordHash: string,
  days: number,
): Promise<string> {
  const { slotMinutes, ...profile } = demoDoctor(n);
  const userId = await addPerson(tx, { email, name: profile.name, role: "doctor" }, passwordHash);
  const { id } = await tx.doctor.create({ data: { ...profile, userId, status: "APPROVED" } });
  await applyAvailability(tx, id, demoHours(slotMinutes, days));
  return id;
}

/**
 * Seeds the demo of the contract, in one transaction: patients, doctors with free slots, an admin.
 * A database that has any account is left as it is. @returns whether it seeded.
 */
export async function seedDemo(): Promise<boolean> {
  const passwordHash = await hashPassword(PASSWORD);
  // One transaction of its own kind: it is long, and nothing runs beside it at a first start.
  const seeded = await db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('seed'))`;
      if ((await tx.user.count()) > 0) return false;
      for (let n = 0; n < DOCTORS; n++) {
        const email =
          n < 2 ? `doctor${n === 0 ? "" : 2}@demo.test` : `doctor${n + 1}@doctors.demo.test`;
        await addDoctor(tx, n, email, passwordHash, DAYS);
      }
      await addPerson(
        tx,
        { email: "patient@demo.test", name: "Neha Verma", role: "patient" },
        passwordHash,
        { dateOfBirth: "1991-04-12", gender: "female", phone: "+91 98000 00001" },
      );
      await addPerson(
        tx,
        { email: "patient2@demo.test", name: "Ravi Krishnan", role: "patient" },
        passwordHash,
        { dateOfBirth: "1978-11-30", gender: "male", phone: "+91 98000 00002" },
      );
      await addPerson(
        tx,
        { email: "admin@demo.test", name: "Amrutam Front Desk", role: "admin" },
        passwordHash,
      );
      return true;
    },
    { timeout: 60_000, maxWait: 30_000 },
  );
  await closeDb();
  return seeded;
}
