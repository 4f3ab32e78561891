import { createHash } from "node:crypto";
import { Random } from "./random";

/** The relative frequency of each operation. */
const OPERATIONS = {
  hold: 24,
  holdRace: 3,
  sameKeyAtOnce: 3,
  pay: 14,
  decline: 2,
  paidWebhook: 6,
  repeatedWebhook: 4,
  paidLate: 3,
  shuffledWebhooks: 3,
  failedWebhook: 2,
  forgedWebhook: 4,
  wrongAmount: 3,
  refundByHand: 4,
  cancel: 7,
  cancelAsDoctor: 2,
  cancelAgainstCapture: 2,
  reschedule: 7,
  rescheduleRace: 2,
  extend: 4,
  openSlot: 6,
  withdrawSlot: 2,
  startConsultation: 4,
  completeConsultation: 4,
  noShow: 2,
  paidAtTheStart: 5,
  extendAtTheStart: 3,
  visitBegins: 8,
  visitIsLate: 4,
  replay: 8,
  otherBody: 1,
  read: 6,
} as const;
/** Writes that are part of a scheduled operation. */
type Part = "openSoon" | "holdSoon" | "cancelBegun";
export type ScheduledKind = keyof typeof OPERATIONS;
export type OperationKind = ScheduledKind | Part;

/** A run goes through shuffled copies of this list, so that each minute contains every kind. */
const FAULTS = [
  "killApp",
  "moveClock",
  "cutConnections",
  "killApp",
  "stopJobs",
  "restartDatabase",
  "freezeApp",
  "moveClock",
  "crashDatabase",
  "loseEngine",
  "cutConnections",
] as const;
export type FaultKind = (typeof FAULTS)[number];

type Timed = { at: number; dice: number[] };
type Operation = Timed & { operation: ScheduledKind };
type Fault = Timed & { fault: FaultKind };
export type Schedule = {
  operations: Operation[];
  faults: Fault[];
  lengthMs: number;
  hash: string;
};

const PER_SECOND = 10;
/** Extra operations just before a fault, so that it interrupts work in every stage. */
const BURST = 10;
const BURST_MS = [80, 700] as const;
const FAULT_EVERY_MS = [3000, 6500] as const;

const draw = (random: Random) => Array.from({ length: 10 }, () => random.next());

/** Plans all operations and faults of a run from its seed. Their outcome depends on timing. */
export function makeSchedule(seed: number, minutes: number): Schedule {
  const end = minutes * 60_000;
  const faults = makeFaults(new Random(seed, "faults"), end);
  const random = new Random(seed, "operations");
  const times = Array.from({ length: Math.floor((end / 1000) * PER_SECOND) }, () =>
    random.between(0, Math.floor(end)),
  );
  for (const { at } of faults) {
    for (let n = 0; n < BURST; n++) {
      const before = random.between(0, BURST_MS[n % 2] ?? 0);
      times.push(Math.max(0, at - before));
    }
  }
  const operations = times
    .sort((a, b) => a - b)
    .map((at) => ({ at, operation: random.weighted(OPERATIONS), dice: draw(random) }));
  const hash = createHash("sha256")
    .update(JSON.stringify([operations, faults]))
    .digest("hex");
  return { operations, faults, lengthMs: end, hash: hash.slice(0, 16) };
}

function makeFaults(random: Random, end: number): Fault[] {
  const faults: Fault[] = [];
  let deck: FaultKind[] = [];
  // No faults at the start, when there is no state yet, or at the end, when they have no effect.
  for (let at = 4000; at < end - 2000; at += random.between(...FAULT_EVERY_MS)) {
    if (deck.length === 0) deck = random.shuffled(FAULTS);
    const fault = deck.pop();
    if (fault) faults.push({ at, fault, dice: draw(random) });
  }
  return faults;
}
