import { createJob } from "../job-engine/create-job";
import { clock } from "../platform/clock";
import { deliver, notify, notifyOfRefund } from "./commands/notify";
import { remindersAhead } from "./rules";

/**
 * Reminds the patient before the start. A cancelled or moved booking ends the run; a moved one has a
 * new run. Should the end come too late, the command sees that the reminder is no longer true.
 */
export const remind = createJob(
  {
    id: "remind",
    events: ["booking/confirmed", "booking/rescheduled"],
    cancelOn: ["booking/cancelled", "booking/rescheduled"],
  },
  async ({ event: { data }, step }) => {
    const { bookingId, version, startsAt } = data;
    // Decided once: after a sleep the first one's time is past, and its steps must stay the same.
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

/** Tells patient and doctor of a new time, and a doctor whom the booking left. */
export const tellRescheduled = createJob(
  { id: "tell-rescheduled", retries: 8, events: ["booking/rescheduled"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "rescheduled", data.version));
    await step.run("tell-former", () => notify(data.bookingId, "moved_away", data.version));
  },
);

/** Tells the patient that a hold ran out. */
export const tellExpired = createJob(
  { id: "tell-expired", retries: 8, events: ["booking/expired"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "expired"));
  },
);

/** Tells that a booking is off, and the patient what is paid back. */
export const tellCancelled = createJob(
  { id: "tell-cancelled", retries: 8, events: ["booking/cancelled"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notify(data.bookingId, "cancelled"));
  },
);

/** Tells the patient of a payment that came too late; other refunds are told where they come from. */
export const tellTooLate = createJob(
  { id: "tell-paid-too-late", retries: 8, events: ["payment/refund.requested"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "paid_too_late"));
  },
);

/** Tells the patient that money was paid back. */
export const tellRefunded = createJob(
  { id: "tell-refunded", retries: 8, events: ["payment/refunded"] },
  async ({ event: { data }, step }) => {
    await step.run("tell", () => notifyOfRefund(data.refundId, "refunded"));
  },
);

/** Mails what is owed to someone about their account. */
export const mailAccount = createJob(
  { id: "mail-account", retries: 8, events: ["account/mail.owed"] },
  async ({ event: { data }, step }) => {
    await step.run("mail", () => deliver(data.messageId));
  },
);
