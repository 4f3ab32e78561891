import { randomUUID } from "node:crypto";
import { factorSince } from "@/server/accounts/commands/mfa";
import { type SignedIn, startApiSession } from "@/server/accounts/commands/sign-in";
import type { Role } from "@/server/accounts/schema";
import { db } from "@/server/platform/db";
import { uuidv7 } from "@/server/platform/ids";
import { createDataKey } from "@/server/platform/phi";

/** A person with a session. These accounts have no password, because hashing one takes 40 ms. */
export type Person = { id: string; role: Role; name: string; email: string; token: string };
export type DoctorPerson = Person & { doctorId: string };
export type TestSlot = { id: string; doctorId: string; startsAt: Date; endsAt: Date };

export const FEE = 50_000;

/** A person as the check of a sign-in returns them, without a password. */
export async function asSignedIn({ id }: { id: string }): Promise<SignedIn> {
  const { role, name, email, passwordHash } = await db.user.findUniqueOrThrow({ where: { id } });
  return { id, role, name, email, passwordHash, factorSince: await factorSince(db, id) };
}

async function makePerson(role: Role, name: string): Promise<Person> {
  const id = uuidv7();
  const email = `${id}@example.test`;
  const emailVerifiedAt = new Date();
  await db.user.create({ data: { id, email, name, role, passwordHash: "none", emailVerifiedAt } });
  await db.profile.create({ data: { userId: id } });
  await createDataKey(db, id);
  const device = { userAgent: "tests", requestId: null };
  const { accessToken } = await startApiSession(await asSignedIn({ id }), device);
  return { id, role, name, email, token: accessToken };
}

export const makePatient = (name = "Asha Patient"): Promise<Person> => makePerson("patient", name);

export const makeAdmin = (): Promise<Person> => makePerson("admin", "Ada Admin");

const AT_ONCE = 6;

/** Makes `count` patients, six at a time. */
export async function makePatients(count: number): Promise<Person[]> {
  const patients: Person[] = [];
  while (patients.length < count) {
    const next = Math.min(AT_ONCE, count - patients.length);
    patients.push(...(await Promise.all(Array.from({ length: next }, () => makePatient()))));
  }
  return patients;
}

type DoctorFields = {
  name?: string;
  feeAmount?: number;
  registrationNumber?: string;
  specializations?: string[];
  languages?: string[];
  yearsOfExperience?: number;
  status?: "PENDING" | "APPROVED" | "REJECTED";
};

/** Makes a doctor, who is approved unless `fields` say otherwise. */
export async function makeDoctor(fields: DoctorFields = {}): Promise<DoctorPerson> {
  const person = await makePerson("doctor", fields.name ?? "Dr. Dev Doctor");
  const doctor = await db.doctor.create({
    data: {
      userId: person.id,
      name: person.name,
      status: "APPROVED",
      gender: "other",
      registrationNumber: `MCI-${randomUUID()}`,
      specializations: ["Cardiology"],
      languages: ["English"],
      yearsOfExperience: 10,
      feeAmount: FEE,
      council: "Karnataka Medical Council",
      registrationExpiresOn: new Date("2199-12-31"),
      ...fields,
    },
  });
  return { ...person, doctorId: doctor.id };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The next full hour plus `hours`. */
export const inHours = (hours: number): Date =>
  new Date(Math.ceil(Date.now() / HOUR) * HOUR + hours * HOUR);

/** Makes a free slot, by default tomorrow and for half an hour. */
export async function makeSlot(
  { doctorId }: { doctorId: string },
  startsAt = inHours(24),
  minutes = 30,
): Promise<TestSlot> {
  const endsAt = new Date(startsAt.getTime() + minutes * MINUTE);
  const { id } = await db.availabilitySlot.create({ data: { doctorId, startsAt, endsAt } });
  return { id, doctorId, startsAt, endsAt };
}

/** Makes free half-hour slots one after another, by default from tomorrow on. */
export async function makeSlots(
  doctor: { doctorId: string },
  count: number,
  from = inHours(24),
): Promise<TestSlot[]> {
  const slots: TestSlot[] = [];
  for (let n = 0; n < count; n++) {
    slots.push(await makeSlot(doctor, new Date(from.getTime() + n * 30 * MINUTE)));
  }
  return slots;
}
