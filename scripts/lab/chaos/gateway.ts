import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MOST_TRIES, pause } from "./client";
import { type Action, onBooking, type Run, write } from "./operations";
import type { Dice } from "./random";
import type { SentEvent } from "./record";
import type { Booking } from "./world";

const HOUR_S = 3600;

type Event = {
  type: SentEvent["type"];
  booking: Booking;
  amount?: number;
  currency?: string;
  nature?: SentEvent["nature"];
};

/** Records an event and builds the body that the gateway sends. */
function compose(run: Run, { type, booking, nature = "genuine", ...money }: Event) {
  const event: SentEvent = {
    n: run.recorder.nextNumber(),
    id: `evt_chaos_${randomUUID()}`,
    ...{ type, nature, paymentId: booking.paymentId, acknowledged: false },
  };
  run.recorder.events.push(event);
  run.recorder.count(`event ${nature === "genuine" ? type : nature}`);
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

/** Delivers an event as a gateway does: repeats it with a new signature until the app accepts it. */
async function deliver(run: Run, event: SentEvent, raw: string, firstApp: number): Promise<void> {
  for (let n = 0; n < MOST_TRIES; n++) {
    const answer = await post(run, event.n, String(n), firstApp + n, raw, signature(run, raw));
    if (answer?.status === 200) {
      event.acknowledged = true;
      run.recorder.count("webhooks acknowledged");
      return;
    }
    // A clock that moves between signing and checking makes the signature too old.
    if (answer?.status === 400)
      run.recorder.count("webhooks with a signature that a moved clock made too old");
    await pause(n);
  }
  run.recorder.count("webhooks never acknowledged");
}

/** The gateway reports that it captured the money. */
export async function capture(run: Run, dice: Dice, booking: Booking): Promise<void> {
  const { event, raw } = compose(run, { type: "payment.succeeded", booking });
  await deliver(run, event, raw, dice.roll(2));
  if (event.acknowledged && booking.guess === "PENDING") booking.guess = "CONFIRMED";
}

const paidWebhook = onBooking(["PENDING"], capture);

/** Genuine events, and an event with a wrong amount. */
const REPEATABLE: Array<(booking: Booking) => Omit<Event, "booking">> = [
  () => ({ type: "payment.succeeded" }),
  () => ({ type: "payment.succeeded" }),
  () => ({ type: "payment.failed" }),
  () => ({ type: "refund.succeeded" }),
  ({ price }) => ({ type: "payment.succeeded", nature: "wrongAmount", amount: price - 1 }),
];

/** Both processes receive the same event twice at the same time. */
const repeatedWebhook = onBooking(["PENDING"], async (run, dice, booking) => {
  const makeEvent = dice.pick(REPEATABLE);
  if (!makeEvent) return;
  const { event, raw } = compose(run, { booking, ...makeEvent(booking) });
  await Promise.all([0, 1, 0, 1].map((app) => deliver(run, event, raw, app)));
  if (booking.guess !== "PENDING" || event.nature !== "genuine") return;
  if (event.type === "payment.succeeded") booking.guess = "CONFIRMED";
  if (event.type === "payment.failed") booking.guess = "OVER";
});

/** The event arrives when the hold may have expired, or been cancelled or paid already. */
const paidLate: Action = async (run, dice) => {
  const booking = dice.pick(run.world.bookings.slice(-60));
  if (!booking) return;
  const { event, raw } = compose(run, { type: "payment.succeeded", booking });
  await sleep(1000 + dice.roll(9000));
  await deliver(run, event, raw, dice.roll(2));
};

/** All kinds of events about one payment, in random order. */
const shuffledWebhooks = onBooking(["PENDING", "CONFIRMED"], async (run, dice, booking) => {
  const types = ["payment.succeeded", "payment.failed", "refund.succeeded"] as const;
  const events = types.map((type) => compose(run, { type, booking }));
  await Promise.all(
    events.map(async ({ event, raw }) => {
      await sleep(dice.roll(60));
      await deliver(run, event, raw, dice.roll(2));
    }),
  );
});

const failedWebhook = onBooking(["PENDING"], async (run, dice, booking) => {
  const { event, raw } = compose(run, { type: "payment.failed", booking });
  await deliver(run, event, raw, dice.roll(2));
  booking.guess = "OVER";
});

/** A signed event with a wrong amount or currency: the app records it and confirms nothing. */
const wrongAmount = onBooking(["PENDING"], async (run, dice, booking) => {
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
});

/** The clinic refunds in the gateway's dashboard, and the gateway reports it several times. */
const refundByHand = onBooking(["CONFIRMED"], async (run, dice, booking) => {
  const amount = dice.pick([booking.price, Math.ceil(booking.price / 5), booking.price + 1]);
  const { event, raw } = compose(run, { type: "refund.succeeded", booking, amount });
  await Promise.all([0, 1, 0].map((app) => deliver(run, event, raw, app)));
});

/** Ways to forge an event or to repeat an old one. */
const FORGERIES: Array<(run: Run, raw: string) => { raw: string; header?: string }> = [
  (run, raw) => ({ raw, header: signature(run, raw, "a-wrong-secret-of-at-least-32-characters") }),
  (run, raw) => ({ raw, header: signature(run, raw, run.webhookSecret, -400) }),
  (run, raw) => ({ raw, header: signature(run, raw, run.webhookSecret, 48 * HOUR_S) }),
  (run, raw) => ({ raw: raw.replace("succeeded", "failed"), header: signature(run, raw) }),
  (run, raw) => ({ raw: `${raw} `, header: signature(run, raw) }),
  (_run, raw) => ({ raw }),
  (_run, raw) => ({ raw, header: "t=1,v1=00" }),
];

const forgedWebhook = onBooking(["PENDING", "CONFIRMED"], async (run, dice, booking) => {
  const forge = dice.pick(FORGERIES);
  if (!forge) return;
  const { event, raw } = compose(run, { type: "payment.succeeded", booking, nature: "forged" });
  const forged = forge(run, raw);
  const answer = await post(run, event.n, "0", dice.roll(2), forged.raw, forged.header);
  if (answer && answer.status !== 400 && answer.status !== 503) {
    run.recorder.recordViolation(`op-${event.n}: a forged webhook was answered ${answer.status}`);
  }
});

const decide = (outcome: "pay" | "decline") =>
  onBooking(["PENDING"], async (run, dice, booking) => {
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
    // After a declined card the patient can try again: the hold stays.
    run.recorder.decisions.set(paymentId, outcome);
    if (outcome === "pay") booking.guess = "CONFIRMED";
  });

export const GATEWAY_ACTIONS = {
  pay: decide("pay"),
  decline: decide("decline"),
  paidWebhook,
  repeatedWebhook,
  paidLate,
  shuffledWebhooks,
  failedWebhook,
  forgedWebhook,
  wrongAmount,
  refundByHand,
};
