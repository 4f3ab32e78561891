import { capture } from "./gateway";
import {
  type Action,
  doctorOf,
  inState,
  MINUTE,
  onBooking,
  pickSlot,
  type Run,
  write,
} from "./operations";
import type { Dice } from "./random";
import type { OperationKind } from "./schedule";
import type { Booking, Slot } from "./world";

// Operations on bookings and slots that exist.

export async function cancel(
  run: Run,
  dice: Dice,
  kind: OperationKind,
  booking: Booking,
): Promise<void> {
  const byDoctor = kind === "cancelAsDoctor";
  const token = byDoctor ? doctorOf(run, booking.doctorId)?.token : booking.patient.token;
  const answer = await write(run, dice, {
    kind,
    effect: "booking.cancelled",
    path: `/api/v1/bookings/${booking.id}/cancel`,
    body: dice.chance(50) ? { reason: "Feeling better" } : {},
    token: token ?? null,
  });
  if (answer?.status === 200) booking.guess = "OVER";
}

/** Pays and cancels at the same time. In the end the booking is refunded, or was never paid. */
const cancelAgainstCapture = onBooking(["PENDING"], async (run, dice, booking) => {
  await Promise.all([
    capture(run, dice, booking),
    cancel(run, dice, "cancelAgainstCapture", booking),
  ]);
});

type Moved = { doctorId: string; startsAt: string };

async function move(run: Run, dice: Dice, kind: OperationKind, booking: Booking, slot: Slot) {
  const answer = await write(run, dice, {
    kind,
    effect: "booking.rescheduled",
    path: `/api/v1/bookings/${booking.id}/reschedule`,
    body: { slotId: slot.id },
    token: booking.patient.token,
  });
  if (answer?.status !== 200) return;
  const { doctorId, startsAt } = answer.body as Moved;
  Object.assign(booking, { doctorId, startsAt: Date.parse(startsAt) });
}

const reschedule = onBooking(["CONFIRMED"], async (run, dice, booking) => {
  const slot = pickSlot(run, dice);
  if (slot) await move(run, dice, "reschedule", booking, slot);
});

/** Two bookings move to the same slot at the same time. */
const rescheduleRace: Action = async (run, dice) => {
  const slot = pickSlot(run, dice);
  const rivals = [dice.pick(inState(run, "CONFIRMED")), dice.pick(inState(run, "CONFIRMED"))];
  await Promise.all(
    rivals.map((booking) => slot && booking && move(run, dice, "rescheduleRace", booking, slot)),
  );
};

export async function extendOne(run: Run, dice: Dice, booking: Booking): Promise<void> {
  await write(run, dice, {
    kind: "extend",
    effect: "booking.extended",
    path: `/api/v1/bookings/${booking.id}/extend`,
    body: {},
    token: booking.patient.token,
  });
}

type SlotBody = { id: string; doctorId: string; startsAt: string };

const openSlot: Action = async (run, dice) => {
  const doctor = dice.pick(run.world.doctors);
  if (!doctor) return;
  const ahead = dice.chance(60) ? 12 + dice.roll(300) : 12 + dice.roll(3 * 24 * 60);
  const startsAt = Math.ceil((run.store.now().getTime() + ahead * MINUTE) / MINUTE) * MINUTE;
  await openSlotAt(run, dice, "openSlot", doctor, startsAt, 20);
};

/** Opens a slot. @returns undefined if the app refused, for example because the slot overlaps another. */
export async function openSlotAt(
  run: Run,
  dice: Dice,
  kind: OperationKind,
  doctor: { token: string },
  startsAt: number,
  minutes: number,
): Promise<Slot | undefined> {
  const answer = await write(run, dice, {
    kind,
    effect: "slot.created",
    path: "/api/v1/doctor/slots",
    body: {
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + minutes * MINUTE).toISOString(),
    },
    token: doctor.token,
  });
  if (answer?.status !== 200) return undefined;
  const body = answer.body as SlotBody;
  const slot = { ...body, startsAt: Date.parse(body.startsAt), withdrawn: false };
  run.world.slots.push(slot);
  return slot;
}

const withdrawSlot: Action = async (run, dice) => {
  const slot = pickSlot(run, dice);
  if (!slot) return;
  const answer = await write(run, dice, {
    kind: "withdrawSlot",
    effect: "slot.withdrawn",
    method: "DELETE",
    path: `/api/v1/doctor/slots/${slot.id}`,
    body: null,
    token: doctorOf(run, slot.doctorId)?.token ?? null,
  });
  if (answer?.status === 200) slot.withdrawn = true;
};

type Verb = "start" | "complete" | "no-show";

export async function consult(run: Run, dice: Dice, verb: Verb, booking?: Booking): Promise<void> {
  if (!booking) return;
  const asks = {
    start: ["startConsultation", "consultation.started", "ACTIVE"],
    complete: ["completeConsultation", "booking.completed", "OVER"],
    "no-show": ["noShow", "booking.no_show", "OVER"],
  } as const;
  const [kind, effect, after] = asks[verb];
  const answer = await write(run, dice, {
    kind,
    effect,
    path: `/api/v1/bookings/${booking.id}/consultation/${verb}`,
    body: verb === "complete" ? { notes: "Rest, and warm fluids" } : {},
    token: doctorOf(run, booking.doctorId)?.token ?? null,
  });
  if (answer?.status === 200) booking.guess = after;
}

/** The confirmed bookings that start first. */
function due(run: Run): Booking[] {
  const now = run.store.now().getTime();
  return run.world.bookings
    .filter(({ guess, startsAt }) => guess === "CONFIRMED" && startsAt > now - 30 * MINUTE)
    .sort((a, b) => a.startsAt - b.startsAt)
    .slice(0, 4);
}

const startConsultation: Action = (run, dice) => consult(run, dice, "start", dice.pick(due(run)));
const completeConsultation: Action = (run, dice) =>
  consult(run, dice, "complete", dice.pick(inState(run, "ACTIVE")));
const noShow: Action = (run, dice) => consult(run, dice, "no-show", dice.pick(due(run)));

export const CHANGE_ACTIONS = {
  cancel: onBooking(["CONFIRMED", "PENDING"], (run, dice, booking) =>
    cancel(run, dice, "cancel", booking),
  ),
  cancelAsDoctor: onBooking(["CONFIRMED"], (run, dice, booking) =>
    cancel(run, dice, "cancelAsDoctor", booking),
  ),
  cancelAgainstCapture,
  reschedule,
  rescheduleRace,
  extend: onBooking(["PENDING"], extendOne),
  openSlot,
  withdrawSlot,
  startConsultation,
  completeConsultation,
  noShow,
};
