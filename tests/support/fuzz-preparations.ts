import { randomUUID } from "node:crypto";
import type { World } from "./access-world";
import { makeConfirmed, makeHold } from "./bookings";
import { sql } from "./database";
import { makeDoctor, makePatient, makeSlot } from "./factories";

/** Another caller, and ids to replace in the input. */
type Preparation = { token?: string; replace?: Array<[string, string]> };

/** Prepares the state that a procedure needs to succeed once more, so that inputs reach its end. */
export const PREPARATIONS: Record<string, (world: World) => Promise<Preparation | undefined>> = {
  "auth.register": async () => ({
    replace: [["new@example.test", `${randomUUID()}@example.test`]],
  }),
  "doctors.sendApplication": async (world) => {
    await sql("DELETE FROM doctors WHERE user_id = $1", [world.people.patient.id]);
    return undefined;
  },
  "doctors.approve": (world) => pendingAgain(world),
  "doctors.reject": (world) => pendingAgain(world),
  "people.suspend": (world) => activeAgain(world),
  "people.changeRole": (world) => activeAgain(world),
  "bookings.hold": async (world) => {
    const slot = await makeSlot(await makeDoctor());
    const { token } = await makePatient();
    return { token, replace: [[world.things.bookable[0], slot.id]] };
  },
  "bookings.cancel": async (world) => {
    // A new doctor: earlier inputs of the fuzzer created slots all over the calendar of the other doctors.
    const { patient, booking } = await makeHold();
    return { token: patient.token, replace: [[world.things.confirmed[0], booking.id]] };
  },
  "consultations.complete": async (world) => {
    const { doctor, booking } = await makeConfirmed();
    await sql(
      "UPDATE consultations SET status = 'ACTIVE', started_at = now() WHERE booking_id = $1",
      [booking.id],
    );
    return { token: doctor.token, replace: [[world.things.confirmed[0], booking.id]] };
  },
};

async function pendingAgain({ things }: World): Promise<undefined> {
  await sql("UPDATE doctors SET status = 'PENDING' WHERE id = $1", [things.application[0]]);
}

async function activeAgain({ things }: World): Promise<undefined> {
  await sql("UPDATE users SET status = 'ACTIVE', role = 'patient' WHERE id = $1", [things.user[0]]);
}

/** Replaces ids in an input. */
export function replaced(input: unknown, replace: Array<[string, string]>): unknown {
  const json = JSON.stringify(input);
  if (json === undefined) return input;
  return JSON.parse(replace.reduce((text, [from, to]) => text.replaceAll(from, to), json));
}
