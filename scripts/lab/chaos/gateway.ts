import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Act, inState, type Run, write } from "./operations";
import type { Dice } from "./random";
import type { SentEvent } from "./record";
import type { Booking } from "./world";

const MOST_TRIES = 25;
const HOUR_S = 3600;

type Event = {
  type: SentEvent["type"];
  booking: Booking;
  amount?: number;
  currency?: string;
  nature?: SentEvent["nature"];
};

/** Writes an event down, then makes the bytes that the gateway sends. */
function compose(run: Run, { type, booking, nature = "true", ...money }: Event) {
  const event: SentEvent = {
    n: run.recorder.number(),
    id: `evt_chaos_${randomUUID()}`,
    ...{ type, nature, paymentId: booking.paymentId, acknowledged: false },
  };
  run.recorder.events.push(event);
  run.recorder.count(`event ${nature === "true" ? type : nature}`);
  const data = { paymentId: booking.paymentId, amount: booking.price, currency: "INR", ...money };
  const createdAt = run.store.now().toISOString();
  return { event, raw: JSON.stringify({ id: event.id, type, createdAt, data }) };
}

function signature(run: Run, raw: string, secret = run.webhookSecret, shiftSeconds = 0): string {
  const seconds = Math.floor(run.store.now().getTime() / 1000) + shiftSeconds;
  const hex = createHmac("sha256", secret).update(`${seconds}.${raw}`).digest("hex");
  return `t=${seconds},v1=${hex}`;
}

const post = async (
  run: Run,
  n: number,
  label: string,
  app: number,
  raw: string,
  header?: string,
) =>
  run.client.once(await run.client.balanced(app), {
    method: "POST",
    path: "/api/webhooks/payments/sandbox",
    headers: {
      "content-type": "application/json",
      "x-request-id": `op-${n}-${label}`,
      ...(header && { "sandbox-signature": header }),
    },
    body: raw,
  });

/** Delivers an event as gateways do: again, signed anew, until it is taken. */
async function deliver(run: Run, event: SentEvent, raw: string, firstApp: number): Promise<void> {
  for (let n = 0; n < MOST_TRIES; n++) {
    const answer = await post(run, event.n, String(n), firstApp + n, raw, signature(run, raw));
    if (answer?.status === 200) {
      event.acknowledged = true;
      run.recorder.count("webhooks acknowledged");
      return;
    }
    // A clock that moves between signing and checking makes a signature too old, once.
    if (answer?.status === 400) run.recorder.count("webhooks that a moved clock made too old");
    await sleep(Math.min(1500, 100 * 1.4 ** n));
  }
  run.recorder.count("webhooks never acknowledged");
}

/** The gateway captured the money and tells of it. */
export async function capture(run: Run, dice: Dice, booking: Booking): Promise<void> {
  const { event, raw } = compose(run, { type: "payment.succeeded", booking });
  await deliver(run, event, raw, dice.roll(2));
  if (event.acknowledged && booking.guess === "PENDING") booking.guess = "CONFIRMED";
}

const paidWebhook: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING"));
  if (booking) await capture(run, dice, booking);
};

/** Each kind of event, true and not, with what a wrong one gets wrong. */
const SAYINGS: Array<(booking: Booking) => Omit<Event, "booking">> = [
  () => ({ type: "payment.succeeded" }),
  () => ({ type: "payment.succeeded" }),
  () => ({ type: "payment.failed" }),
  () => ({ type: "refund.succeeded" }),
  ({ price }) => ({ type: "payment.succeeded", nature: "wrongAmount", amount: price - 1 }),
];

/** The same event on both processes at the same moment, more than once. */
const toldTwice: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING"));
  const saying = dice.pick(SAYINGS);
  if (!booking || !saying) return;
  const { event, raw } = compose(run, { booking, ...saying(booking) });
  await Promise.all([0, 1, 0, 1].map((app) => deliver(run, event, raw, app)));
  if (booking.guess !== "PENDING" || event.nature !== "true") return;
  if (event.type === "payment.succeeded") booking.guess = "CONFIRMED";
  if (event.type === "payment.failed") booking.guess = "OVER";
};

/** The news comes when the hold may be over, cancelled, or paid in another way. */
const paidLate: Act = async (run, dice) => {
  const booking = dice.pick(run.world.bookings.slice(-60));
  if (!booking) return;
  const { event, raw } = compose(run, { type: "payment.succeeded", booking });
  await sleep(1000 + dice.roll(9000));
  await deliver(run, event, raw, dice.roll(2));
};

/** Everything that can be said of one payment, in no order at all. */
const shuffledWebhooks: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING", "CONFIRMED"));
  if (!booking) return;
  const types = ["payment.succeeded", "payment.failed", "refund.succeeded"] as const;
  const events = types.map((type) => compose(run, { type, booking }));
  await Promise.all(
    events.map(async ({ event, raw }) => {
      await sleep(dice.roll(60));
      await deliver(run, event, raw, dice.roll(2));
    }),
  );
};

const failedWebhook: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING"));
  if (!booking) return;
  const { event, raw } = compose(run, { type: "payment.failed", booking });
  await deliver(run, event, raw, dice.roll(2));
  booking.guess = "OVER";
};

/** True but for the sum: it is recorded and confirms nothing. */
const wrongAmount: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING"));
  if (!booking) return;
  const wrong = [
    { amount: booking.price - 1 },
    { amount: booking.price + 1 },
    { amount: 0 },
    { currency: "USD" },
  ];
  const money = dice.pick(wrong);
  const { event, raw } = compose(run, {
    ...{ type: "payment.succeeded", booking, nature: "wrongAmount" },
    ...money,
  });
  await deliver(run, event, raw, dice.roll(2));
};

/** The clinic gives money back in the gateway's own dashboard, which says so more than once. */
const refundByHand: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "CONFIRMED"));
  if (!booking) return;
  const amount = dice.pick([booking.price, Math.ceil(booking.price / 5), booking.price + 1]);
  const { event, raw } = compose(run, { type: "refund.succeeded", booking, amount });
  await Promise.all([0, 1, 0].map((app) => deliver(run, event, raw, app)));
};

/** Each way in which a stranger, or an old copy, may try. */
const FORGERIES: Array<(run: Run, raw: string) => { raw: string; header?: string }> = [
  (run, raw) => ({ raw, header: signature(run, raw, "a-secret-that-only-a-stranger-believes-in") }),
  (run, raw) => ({ raw, header: signature(run, raw, run.webhookSecret, -400) }),
  (run, raw) => ({ raw, header: signature(run, raw, run.webhookSecret, 48 * HOUR_S) }),
  (run, raw) => ({ raw: raw.replace("succeeded", "failed"), header: signature(run, raw) }),
  (run, raw) => ({ raw: `${raw} `, header: signature(run, raw) }),
  (_run, raw) => ({ raw }),
  (_run, raw) => ({ raw, header: "t=1,v1=00" }),
];

const forgedWebhook: Act = async (run, dice) => {
  const booking = dice.pick(inState(run, "PENDING", "CONFIRMED"));
  const forge = dice.pick(FORGERIES);
  if (!booking || !forge) return;
  const { event, raw } = compose(run, { type: "payment.succeeded", booking, nature: "forged" });
  const forged = forge(run, raw);
  const answer = await post(run, event.n, "0", dice.roll(2), forged.raw, forged.header);
  if (answer && answer.status !== 400 && answer.status !== 503) {
    run.recorder.violate(`op-${event.n}: a forged webhook was answered ${answer.status}`);
  }
};

async function decide(run: Run, dice: Dice, outcome: "pay" | "decline"): Promise<void> {
  const booking = dice.pick(inState(run, "PENDING"));
  if (!booking) return;
  const { paymentId } = booking;
  const answer = await write(run, dice, {
    kind: outcome,
    effect: null,
    path: "/api/trpc/sandbox.decide",
    body: { paymentId, outcome },
    token: null,
    key: null,
  });
  if (answer?.status !== 200) return;
  // A declined card may be tried again: the hold stays.
  run.recorder.decisions.set(paymentId, outcome);
  if (outcome === "pay") booking.guess = "CONFIRMED";
}

export const GATEWAY_ACTS = {
  pay: (run: Run, dice: Dice) => decide(run, dice, "pay"),
  decline: (run: Run, dice: Dice) => decide(run, dice, "decline"),
  paidWebhook,
  toldTwice,
  paidLate,
  shuffledWebhooks,
  failedWebhook,
  forgedWebhook,
  wrongAmount,
  refundByHand,
};
