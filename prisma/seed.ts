import { hashPassword } from "../src/server/accounts/password";
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
  await tx.user.create({ data: { id, ...person, passwordHash } });
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

/** Slots of the next days, mornings and evenings in the doctor's zone, Sundays off. */
async function addSlots(tx: Tx, doctorId: string, slotMinutes: number, days: number) {
  await tx.$executeRaw`
    INSERT INTO availability_slots (doctor_id, starts_at, ends_at)
    SELECT ${doctorId}::uuid, starts_at, starts_at + make_interval(mins => ${slotMinutes}::int)
      FROM generate_series(0, ${days}::int - 1) AS d,
           (VALUES ('09:30'::time, '12:30'::time), ('17:00', '20:00')) AS shift(opens, closes),
           generate_series(0, 40) AS n,
           LATERAL (SELECT ((app_now() AT TIME ZONE 'Asia/Kolkata')::date + d + opens
             + make_interval(mins => n * ${slotMinutes}::int)) AT TIME ZONE 'Asia/Kolkata' AS starts_at) s
     WHERE make_interval(mins => (n + 1) * ${slotMinutes}::int) <= closes - opens
       AND extract(isodow FROM (app_now() AT TIME ZONE 'Asia/Kolkata')::date + d) < 7
       AND starts_at > app_now() + interval '30 minutes'`;
}

/** Adds the n-th demo doctor, approved, with an account and free slots. */
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
  await addSlots(tx, id, slotMinutes, days);
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
    { timeout: 60_000 },
  );
  await closeDb();
  return seeded;
}
