import { randomUUID } from "node:crypto";
import { type Client, isFinal } from "./client";
import type { Dice } from "./random";
import type { Answer, Recorder, SentWrite } from "./record";
import type { OperationKind } from "./schedule";
import type { Store } from "./store";
import type { Booking, Patient, Slot, World } from "./world";

/** Everything that an operation needs. */
export type Run = {
  client: Client;
  recorder: Recorder;
  store: Store;
  world: World;
  /** Signs webhooks as the sandbox gateway does. */
  webhookSecret: string;
};
export type Action = (run: Run, dice: Dice) => Promise<void>;

export const MINUTE = 60_000;
/**
 * The app deletes an idempotency key after 24 hours. The run replays only keys younger than this, so that
 * the app does not delete a key during its replay.
 */
const KEY_HOURS = 23;

type Write = Pick<SentWrite, "kind" | "effect" | "path" | "body" | "token"> & {
  method?: SentWrite["method"];
  key?: string | null;
};

/** Records a write before it is sent. */
function recordWrite({ recorder, store }: Run, write: Write): SentWrite {
  const sent: SentWrite = {
    method: "POST",
    key: randomUUID(),
    ...write,
    n: recorder.nextNumber(),
    sentAt: store.now().getTime(),
    tries: 0,
    answer: null,
  };
  recorder.sent.push(sent);
  recorder.count(`op ${write.kind}`);
  return sent;
}

/**
 * Repeats a write until its answer is final, and increments the counter of that answer.
 * @returns null if no try got a final answer.
 */
export async function write(run: Run, dice: Dice, what: Write): Promise<Answer | null> {
  const answer = await run.client.settle(recordWrite(run, what), dice.roll(2));
  if (answer) countAnswer(run, answer);
  return answer;
}

function countAnswer({ recorder }: Run, { status, reason }: Answer): void {
  recorder.count(status === 200 ? "acknowledged" : `refused ${reason ?? status}`);
}

const recent = <T>(items: T[]) => items.slice(-25);
export const inState = ({ world }: Run, ...guesses: Array<Booking["guess"]>) =>
  recent(world.bookings.filter(({ guess }) => guesses.includes(guess)));

/**
 * Makes an action that picks a recent booking in one of these states (as the harness last saw it) and
 * calls `act` with it.
 */
export const onBooking =
  (
    guesses: Array<Booking["guess"]>,
    act: (run: Run, dice: Dice, booking: Booking) => Promise<void>,
  ): Action =>
  async (run, dice) => {
    const booking = dice.pick(inState(run, ...guesses));
    if (booking) await act(run, dice, booking);
  };

/** Picks a random slot: usually a future slot that is not withdrawn, otherwise any slot. */
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

/** Adds the booking of an acknowledged hold to the world. */
function addBooking({ world }: Run, patient: Patient, answer: Answer | null): Booking | undefined {
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

/** Holds a slot. @returns the booking if the hold was acknowledged. */
export async function holdOne(
  run: Run,
  dice: Dice,
  kind: OperationKind,
  patient: Patient,
  slot: Slot,
): Promise<Booking | undefined> {
  return addBooking(run, patient, await write(run, dice, holdOf(kind, patient, slot)));
}

/** Several patients hold the same slot at the same time, on both processes. */
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

const isSame = (a: Answer, b: Answer) =>
  a.status === b.status &&
  a.reason === b.reason &&
  (a.status !== 200 || JSON.stringify(a.body) === JSON.stringify(b.body));
const isKeyKept = (store: Store) => (sent: SentWrite) =>
  store.now().getTime() - sent.sentAt < KEY_HOURS * 60 * MINUTE;

/**
 * Sends one write six times at the same time under one key. The write must have one effect, and all final
 * answers must be equal.
 */
async function sameKeyAtOnce(run: Run, dice: Dice): Promise<void> {
  const patient = dice.pick(run.world.patients);
  const slot = pickSlot(run, dice);
  if (!patient || !slot) return;
  const sent = recordWrite(run, holdOf("sameKeyAtOnce", patient, slot));
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => run.client.tryOnce(sent, run.client.app(n), `same${n}`)),
  );
  const final = await run.client.settle(sent, dice.roll(2));
  if (!final) return;
  countAnswer(run, final);
  addBooking(run, patient, final);
  for (const answer of answers.filter(isFinal)) {
    if (!isSame(answer, final)) {
      run.recorder.recordViolation(
        `op-${sent.n}: two different answers for one key: ${JSON.stringify([answer, final])}`,
      );
    }
  }
}

/** Repeats an answered write, as a client does after a crash, or when it is online again. */
async function replay(run: Run, dice: Dice): Promise<void> {
  const { recorder, store, client } = run;
  const isFresh = isKeyKept(store);
  const known = recorder.sent.filter(
    (sent) => sent.key && [200, 404, 409].includes(sent.answer?.status ?? 0) && isFresh(sent),
  );
  const first = dice.pick(known);
  if (!first?.answer) return;
  recorder.count("op replay");
  const again: SentWrite = { ...first, answer: null };
  const answer = await client.settle(again, dice.roll(2));
  if (!answer || !isFresh(first)) return;
  if (!isSame(answer, first.answer) || !answer.replayed) {
    recorder.recordViolation(
      `op-${first.n}: the replay differs from the first answer, or is not marked as replayed: ${JSON.stringify([first.answer, answer])}`,
    );
  }
}

/** Sends a different body under the key of an acknowledged hold. The app must refuse the request. */
async function otherBody(run: Run, dice: Dice): Promise<void> {
  const { recorder, store, client } = run;
  const isFresh = isKeyKept(store);
  const holds = recorder.sent.filter(
    (sent) => sent.effect === "booking.held" && sent.answer?.status === 200 && isFresh(sent),
  );
  const first = dice.pick(recent(holds));
  const slot = pickSlot(run, dice);
  if (!first || !slot) return;
  recorder.count("op otherBody");
  const other: SentWrite = { ...first, answer: null, body: { slotId: slot.id, reason: "Another" } };
  const answer = await client.settle(other, dice.roll(2));
  if (answer && answer.reason !== "IDEMPOTENCY_MISMATCH" && isFresh(first)) {
    recorder.recordViolation(
      `op-${first.n}: a different body under the same key was not refused: ${JSON.stringify(answer)}`,
    );
  }
}

/** Reads a booking, whose hold was acknowledged, with the patient's token from one of the two processes. */
async function read(run: Run, dice: Dice): Promise<void> {
  const booking = dice.pick(run.world.bookings);
  if (!booking) return;
  run.recorder.count("op read");
  const path = `/api/v1/bookings/${booking.id}`;
  const answer = await run.client.read(path, booking.patient.token, dice.roll(2));
  if (!answer) return;
  const { id } = (answer.body ?? {}) as { id?: string };
  if (answer.status !== 200 || id !== booking.id) {
    run.recorder.recordViolation(
      `GET ${path}: expected booking ${booking.id}, received status ${answer.status} with id ${id}`,
    );
  }
}

export const BOOKING_ACTIONS = { hold, holdRace, sameKeyAtOnce, replay, otherBody, read };
