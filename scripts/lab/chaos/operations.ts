import { randomUUID } from "node:crypto";
import type { Client } from "./client";
import type { Dice } from "./random";
import type { Answer, Asked, Recorder } from "./record";
import type { OperationKind } from "./schedule";
import type { Store } from "./store";
import type { Booking, Patient, Slot, World } from "./world";

/** What operations act on. */
export type Run = {
  client: Client;
  recorder: Recorder;
  store: Store;
  world: World;
  /** Signs webhooks as the sandbox gateway does. */
  webhookSecret: string;
};
export type Act = (run: Run, dice: Dice) => Promise<void>;

export const MINUTE = 60_000;
/** Keys are kept for 24 hours; a replay that straddles the end proves nothing. */
const KEY_HOURS = 23;

type Write = Pick<Asked, "kind" | "effect" | "path" | "body" | "token"> & {
  method?: Asked["method"];
  key?: string | null;
};

/** Writes down what is about to be asked, before it is. */
function note({ recorder, store }: Run, write: Write): Asked {
  const asked: Asked = {
    method: "POST",
    key: randomUUID(),
    ...write,
    n: recorder.number(),
    askedAt: store.now().getTime(),
    tries: 0,
    answer: null,
  };
  recorder.asked.push(asked);
  recorder.count(`op ${write.kind}`);
  return asked;
}

/** Asks for a write until it is answered, and counts what came of it. */
export async function write(run: Run, dice: Dice, what: Write): Promise<Answer | null> {
  const answer = await run.client.settle(note(run, what), dice.roll(2));
  if (answer) countAnswer(run, answer);
  return answer;
}

function countAnswer({ recorder }: Run, { status, reason }: Answer): void {
  recorder.count(status === 200 ? "acknowledged" : `refused ${reason ?? status}`);
}

const recent = <T>(items: T[]) => items.slice(-25);
export const inState = ({ world }: Run, ...guesses: Array<Booking["guess"]>) =>
  recent(world.bookings.filter(({ guess }) => guesses.includes(guess)));

/** A slot to want: mostly one of the future that the harness thinks free, sometimes any. */
export function pickSlot({ world, store }: Run, dice: Dice): Slot | undefined {
  const now = store.now().getTime();
  const future = world.slots.filter(({ startsAt, withdrawn }) => startsAt > now && !withdrawn);
  return dice.chance(90) ? dice.pick(future) : dice.pick(world.slots);
}

export const doctorOf = ({ world }: Run, doctorId: string) =>
  [...world.doctors, ...world.onCall].find(({ id }) => id === doctorId);

type HeldBody = {
  id: string;
  doctorId: string;
  startsAt: string;
  price: { amount: number };
  payment: { id: string };
};

const holdOf = (kind: OperationKind, patient: Patient, slot: Slot): Write => ({
  kind,
  effect: "booking.held",
  path: "/api/v1/bookings",
  body: { slotId: slot.id, reason: "A cough since Monday" },
  token: patient.token,
});

/** Adds what an acknowledged hold made to what the harness knows. */
function learn({ world }: Run, patient: Patient, answer: Answer | null): Booking | undefined {
  if (answer?.status !== 200) return undefined;
  const { id, doctorId, startsAt, price, payment } = answer.body as HeldBody;
  const booking: Booking = {
    ...{ id, doctorId, patient, startsAt: Date.parse(startsAt), price: price.amount },
    ...{ paymentId: payment.id, guess: "PENDING" },
  };
  world.bookings.push(booking);
  return booking;
}

async function hold(run: Run, dice: Dice): Promise<void> {
  const patient = dice.pick(run.world.patients);
  const slot = pickSlot(run, dice);
  if (patient && slot) await holdOne(run, dice, "hold", patient, slot);
}

/** @returns the booking where the hold was acknowledged. */
export async function holdOne(
  run: Run,
  dice: Dice,
  kind: OperationKind,
  patient: Patient,
  slot: Slot,
): Promise<Booking | undefined> {
  return learn(run, patient, await write(run, dice, holdOf(kind, patient, slot)));
}

/** Several patients want one slot at the same moment, on both processes. */
async function holdRace(run: Run, dice: Dice): Promise<void> {
  const slot = pickSlot(run, dice);
  if (!slot) return;
  const rivals = Array.from({ length: 4 }, () => dice.pick(run.world.patients));
  await Promise.all(
    rivals.map(async (patient) => {
      if (patient) await holdOne(run, dice, "holdRace", patient, slot);
    }),
  );
}

const same = (a: Answer, b: Answer) =>
  a.status === b.status &&
  a.reason === b.reason &&
  (a.status !== 200 || JSON.stringify(a.body) === JSON.stringify(b.body));
const isFinal = (answer: Answer | null): answer is Answer =>
  answer !== null && answer.status !== 503 && answer.reason !== "IDEMPOTENCY_IN_FLIGHT";

/** One key six times at once: one effect, and whoever gets an answer gets the same. */
async function sameKeyAtOnce(run: Run, dice: Dice): Promise<void> {
  const patient = dice.pick(run.world.patients);
  const slot = pickSlot(run, dice);
  if (!patient || !slot) return;
  const asked = note(run, holdOf("sameKeyAtOnce", patient, slot));
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => run.client.tryOnce(asked, run.client.app(n), `same${n}`)),
  );
  const final = await run.client.settle(asked, dice.roll(2));
  if (!final) return;
  countAnswer(run, final);
  learn(run, patient, final);
  for (const answer of answers.filter(isFinal)) {
    if (!same(answer, final)) {
      run.recorder.violate(
        `op-${asked.n}: one key, two answers: ${JSON.stringify([answer, final])}`,
      );
    }
  }
}

/** An old request comes again, as after a crash or from a phone that was offline. */
async function replay(run: Run, dice: Dice): Promise<void> {
  const { recorder, store, client } = run;
  const fresh = (asked: Asked) => store.now().getTime() - asked.askedAt < KEY_HOURS * 60 * MINUTE;
  const known = recorder.asked.filter(
    (asked) => asked.key && [200, 404, 409].includes(asked.answer?.status ?? 0) && fresh(asked),
  );
  const first = dice.pick(known);
  if (!first?.answer) return;
  recorder.count("op replay");
  const again: Asked = { ...first, answer: null };
  const answer = await client.settle(again, dice.roll(2));
  if (!answer || !fresh(first)) return;
  if (!same(answer, first.answer) || !answer.replayed) {
    recorder.violate(
      `op-${first.n}: replayed otherwise: ${JSON.stringify([first.answer, answer])}`,
    );
  }
}

/** Another body under a known key is refused, whatever became of the first. */
async function otherBody(run: Run, dice: Dice): Promise<void> {
  const { recorder, store, client } = run;
  const fresh = (asked: Asked) => store.now().getTime() - asked.askedAt < KEY_HOURS * 60 * MINUTE;
  const holds = recorder.asked.filter(
    (asked) => asked.effect === "booking.held" && asked.answer?.status === 200 && fresh(asked),
  );
  const first = dice.pick(recent(holds));
  const slot = pickSlot(run, dice);
  if (!first || !slot) return;
  recorder.count("op otherBody");
  const other: Asked = { ...first, answer: null, body: { slotId: slot.id, reason: "Another" } };
  const answer = await client.settle(other, dice.roll(2));
  if (answer && answer.reason !== "IDEMPOTENCY_MISMATCH" && fresh(first)) {
    recorder.violate(`op-${first.n}: another body was answered: ${JSON.stringify(answer)}`);
  }
}

/** What was acknowledged can be read by its owner at once, from either process. */
async function read(run: Run, dice: Dice): Promise<void> {
  const booking = dice.pick(run.world.bookings);
  if (!booking) return;
  run.recorder.count("op read");
  const path = `/api/v1/bookings/${booking.id}`;
  const answer = await run.client.read(path, booking.patient.token, dice.roll(2));
  if (!answer) return;
  const { id } = (answer.body ?? {}) as { id?: string };
  if (answer.status !== 200 || id !== booking.id) {
    run.recorder.violate(`GET ${path}: an acknowledged booking answers ${answer.status}`);
  }
}

export const BOOKING_ACTS = { hold, holdRace, sameKeyAtOnce, replay, otherBody, read };
