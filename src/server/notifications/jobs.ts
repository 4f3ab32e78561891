import { createJob } from "../job-engine/create-job";
import { clock } from "../platform/clock";
import { deliver, notify, notifyOfRefund } from "./commands/notify";
import { remindersAhead } from "./rules";

/**
 * Reminds the patient before the start. The run ends if the booking is cancelled or moved; a moved
 * booking has a new run. If the run ends too late, `notify` finds that the reminder is no longer true.
 */
export const remind = createJob(
  {
    id: "remind",
    events: ["booking/confirmed", "booking/rescheduled"],
    cancelOn: ["booking/cancelled", "booking/rescheduled"],
  },
  async ({ event: { data }, step }) => {
    const { bookingId, version, startsAt } = data;
    // A step, so that the list is computed once: after the first sleep it would be shorter.
    const ahead = await step.run("plan", () => remindersAhead(startsAt, clock.now()));
    for (const { kind, at } of ahead) {
      await step.sleepUntil(`until-${kind}`, at);
      await step.run(kind, () => notify(bookingId, kind, version));
    }
  },
);

/** Tells patient and doctor that a booking is confirmed. */
export const tellConfirmed = createJob(
  { id: "tell-confirmed", retries: 8, events: ["booking/confirmed"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "confirmed", data.version));
  },
);

/** Tells patient and doctor the new time, and the former doctor that the booking has moved. */
export const tellRescheduled = createJob(
  { id: "tell-rescheduled", retries: 8, events: ["booking/rescheduled"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "rescheduled", data.version));
    await step.run("tell-former", () => notify(data.bookingId, "moved_away", data.version));
  },
);

/** Tells the patient that a hold has expired. */
export const tellExpired = createJob(
  { id: "tell-expired", retries: 8, events: ["booking/expired"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "expired"));
  },
);

/** Tells patient and doctor that a booking is cancelled, and the patient what is refunded. */
export const tellCancelled = createJob(
  { id: "tell-cancelled", retries: 8, events: ["booking/cancelled"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "cancelled"));
  },
);

/** Tells the patient that a payment came too late. Other refunds have messages of their own. */
export const tellTooLate = createJob(
  { id: "tell-paid-too-late", retries: 8, events: ["payment/refund.requested"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "paid_too_late"));
  },
);

/** Tells the patient that money was refunded. */
export const tellRefunded = createJob(
  { id: "tell-refunded", retries: 8, events: ["payment/refunded"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "refunded"));
  },
);

/** Sends a mail about an account. */
export const mailAccount = createJob(
  { id: "mail-account", retries: 8, events: ["account/mail.owed"] },
  async ({ event: { data }, step }) => {
    await step.run("mail", () => deliver(data.messageId));
  },
);
