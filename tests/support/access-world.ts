import { randomUUID } from "node:crypto";
import { startApiSession } from "@/server/accounts/commands/sign-in";
import { hashPassword } from "@/server/accounts/password";
import type { Audience, Caller, Rule, Target, Thing } from "./access";
import { callerAs } from "./caller";
import { sql } from "./database";
import {
  asSignedIn,
  inHours,
  makeAdmin,
  makeDoctor,
  makePatient,
  makeSlot,
  type Person,
} from "./factories";
import { deliver, gatewayEvent } from "./gateway";

/** The people of the access matrix and their things. Two patients and two doctors have one of each. */
export type World = {
  people: Record<Exclude<Caller, "nobody" | "withoutFactor" | "stale">, Person>;
  things: Record<Exclude<Thing, "session">, [string, string]>;
};

/** Starts a session of a person, in the state of this caller. */
async function sessionOf(person: Person, caller: Caller): Promise<{ id: string; token: string }> {
  const begin = async () =>
    startApiSession(await asSignedIn(person), {
      userAgent: null,
      requestId: null,
      isKnown: true,
    });
  // A suspended person cannot sign in. That session started earlier.
  const accessToken = caller === "suspended" ? person.token : (await begin()).accessToken;
  const [row] = await sql<{ id: string }>(
    `UPDATE sessions SET mfa_at = CASE WHEN $2 = 'withoutFactor' THEN NULL ELSE now() END,
            access_expires_at = CASE WHEN $2 = 'stale' THEN now() ELSE access_expires_at END
      WHERE access_token_hash = sha256(convert_to($1, 'UTF8')) RETURNING id`,
    [accessToken, caller],
  );
  return { id: row?.id ?? "", token: accessToken };
}

/** A doctor and a patient with a paid booking, a hold and a free slot. */
async function makeSide() {
  const doctor = await makeDoctor();
  const patient = await makePatient();
  const slot = (hour: number) => makeSlot(doctor, inHours(hour));
  const hold = async (hour: number) => {
    const { token } = await sessionOf(patient, "patient");
    return callerAs({ token }).bookings.hold({ slotId: (await slot(hour)).id });
  };
  const confirmed = await hold(24);
  await deliver(gatewayEvent("payment.succeeded", confirmed.payment));
  return {
    doctor,
    patient,
    held: (await hold(60)).id,
    confirmed: confirmed.id,
    payment: confirmed.payment.id,
    ownSlot: (await slot(80)).id,
    bookable: (await slot(90)).id,
    user: (await makePatient()).id,
    application: (await makeDoctor({ status: "PENDING" })).doctorId,
    doctorChange: await makeDoctorChange(),
    job: await makeJob(),
  };
}

async function makeDoctorChange(): Promise<string> {
  const { doctorId } = await makeDoctor();
  const [row] = await sql<{ id: string }>(
    `INSERT INTO doctor_changes (doctor_id, before, after)
     SELECT id, jsonb_build_object('name', name), '{"name": "Dr. Renamed"}' FROM doctors
      WHERE id = $1 RETURNING id`,
    [doctorId],
  );
  return row?.id ?? "";
}

async function makeJob(): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `INSERT INTO job_runs (function_id, event_id, event, occurred_at, status, started_at, ended_at)
     VALUES ('amrutam-none', $1, '{"name": "none", "data": {}}', now(), 'COMPLETED', now(), now()) RETURNING id`,
    [randomUUID()],
  );
  return row?.id ?? "";
}

export async function makeWorld(): Promise<World> {
  const [first, second] = [await makeSide(), await makeSide()];
  const people = {
    patient: first.patient,
    otherPatient: second.patient,
    doctor: first.doctor,
    otherDoctor: second.doctor,
    admin: await makeAdmin(),
    suspended: await makePatient(),
  };
  await sql("UPDATE users SET password_hash = $1", [await hashPassword("blue horse 4712")]);
  await sql("UPDATE users SET status = 'SUSPENDED' WHERE id = $1", [people.suspended.id]);
  return {
    people,
    things: {
      held: [first.held, second.held],
      confirmed: [first.confirmed, second.confirmed],
      payment: [first.payment, second.payment],
      ownSlot: [first.ownSlot, second.ownSlot],
      bookable: [first.bookable, second.bookable],
      doctor: [first.doctor.doctorId, second.doctor.doctorId],
      user: [first.user, second.user],
      application: [first.application, second.application],
      doctorChange: [first.doctorChange, second.doctorChange],
      job: [first.job, second.job],
    },
  };
}

/** The person behind a caller. A stale session and one without a factor belong to a permitted person. */
export function personOf({ people }: World, caller: Caller, audience: Audience): Person | null {
  if (caller === "nobody") return null;
  if (caller !== "stale" && caller !== "withoutFactor") return people[caller];
  return audience === "doctor" || audience === "admin" ? people[audience] : people.patient;
}

const isOther = (caller: Caller) => caller === "otherPatient" || caller === "otherDoctor";

let hour = 200;

/** The id in the input of a cell of the matrix. */
async function idOf(world: World, { names, for: audience }: Rule, caller: Caller, target: Target) {
  if (!names || target === "absent") return randomUUID();
  // A slot can be withdrawn only once.
  const isDoctor = caller === "doctor" || caller === "otherDoctor";
  if (names === "ownSlot" && isDoctor && target === "own") {
    return (
      await makeSlot({ doctorId: world.things.doctor[isOther(caller) ? 1 : 0] }, inHours(++hour))
    ).id;
  }
  if (names !== "session")
    return world.things[names][isOther(caller) === (target === "own") ? 1 : 0];
  const { people } = world;
  const me = personOf(world, caller, audience) ?? people.patient;
  const other = isOther(caller) ? people.patient : people.otherPatient;
  if (target !== "own") return (await sessionOf(other, "patient")).id;
  return (await sessionOf(me, caller === "suspended" ? caller : "patient")).id;
}

const tokens = new Map<string, string>();

/** A token of the caller: a new one, or the same one as before. */
export async function tokenOf(world: World, rule: Rule, caller: Caller, isFresh: boolean) {
  const person = personOf(world, caller, rule.for);
  if (!person) return null;
  const key = `${caller} ${person.id}`;
  const known = isFresh ? undefined : tokens.get(key);
  const token = known ?? (await sessionOf(person, caller)).token;
  if (!isFresh) tokens.set(key, token);
  return token;
}

/** The input of a cell of the matrix. */
export const inputOf = async (world: World, rule: Rule, caller: Caller, target: Target) =>
  rule.input?.(await idOf(world, rule, caller, target)) ?? {};
